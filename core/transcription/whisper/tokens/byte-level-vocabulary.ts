import { ModelError } from '../../../errors.ts';

/**
 * GPT-2 writes bytes as printable characters: visible Latin-1 as it is, the others from U+0100 on in their order.
 *
 * @see openai/gpt-2 `encoder.bytes_to_unicode`
 */
function bytesByCharacter(): ReadonlyMap<string, number> {
  const isVisible = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  const bytes = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++)
    bytes.set(String.fromCodePoint(isVisible(byte) ? byte : next++), byte);
  return bytes;
}

const BYTES = bytesByCharacter();

/** What GPT-2 splits text into before it merges bytes. */
const PRETOKENS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/** Token ids and the bytes that each stands for. */
type Pieces = ReadonlyMap<number, Uint8Array>;

/**
 * A byte-level byte-pair vocabulary, as Whisper's tokens have it.
 *
 * @see openai/tiktoken, whose merge order is followed: the adjacent pair with the lowest id first
 */
export class ByteLevelVocabulary {
  readonly #bytes: Map<number, Uint8Array>;
  readonly #ids = new Map<string, number>();
  readonly #special: ReadonlyMap<string, number>;

  /**
   * @param pieces the tokens that text is made of
   * @param special control tokens by how they are written, e.g. `<|endoftext|>`
   */
  constructor(pieces: Pieces, special: ReadonlyMap<string, number>) {
    this.#bytes = new Map(pieces);
    this.#special = special;
    for (const [id, bytes] of pieces) this.#ids.set(keyOf(bytes), id);
    const encoder = new TextEncoder();
    for (const [content, id] of special) this.#bytes.set(id, encoder.encode(content));
  }

  /**
   * Reads a `tokenizer.json` of Hugging Face.
   *
   * @throws ModelError `model_shape_mismatch` for anything but a byte-level vocabulary
   */
  static parse(json: string, modelId: string): ByteLevelVocabulary {
    try {
      return parseTokenizer(JSON.parse(json));
    } catch (cause) {
      throw new ModelError(
        'model_shape_mismatch',
        `The tokenizer.json of ${modelId} is no byte-level vocabulary; colloquy models verify ${modelId} tells whether its files are whole.`,
        { details: { model: modelId }, cause },
      );
    }
  }

  /** One more than the largest id. */
  get size(): number {
    return [...this.#bytes.keys()].reduce((most, id) => Math.max(most, id + 1), 0);
  }

  /** The id of a control token; `undefined` where the vocabulary has none of this name. */
  specialId(content: string): number | undefined {
    return this.#special.get(content);
  }

  get specials(): ReadonlyMap<string, number> {
    return this.#special;
  }

  /** The text of tokens, control tokens as they are written; bytes that are no UTF-8 become U+FFFD. */
  decode(tokens: readonly number[]): string {
    const pieces = tokens.map((token) => this.#bytes.get(token) ?? new Uint8Array());
    const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let offset = 0;
    for (const piece of pieces) {
      bytes.set(piece, offset);
      offset += piece.length;
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  }

  /** Tokens of a text without control tokens; bytes that the vocabulary lacks are left out. */
  encode(text: string): number[] {
    const encoder = new TextEncoder();
    return (text.match(PRETOKENS) ?? []).flatMap((part) => this.#merge(encoder.encode(part)));
  }

  #merge(bytes: Uint8Array): number[] {
    const parts = Array.from(bytes, (byte) => String.fromCharCode(byte));
    for (;;) {
      let best = -1;
      let lowest = Infinity;
      for (let index = 0; index + 1 < parts.length; index++) {
        const id = this.#ids.get(parts[index]! + parts[index + 1]!) ?? Infinity;
        if (id >= lowest) continue;
        lowest = id;
        best = index;
      }
      if (best === -1) break;
      parts.splice(best, 2, parts[best]! + parts[best + 1]!);
    }
    return parts.map((part) => this.#ids.get(part)).filter((id) => id !== undefined);
  }
}

function keyOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}

type TokenizerJson = {
  readonly model: { readonly vocab: Readonly<Record<string, number>> };
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
};

/** Throws on anything unexpected; the caller says what that means. */
function parseTokenizer(json: unknown): ByteLevelVocabulary {
  const { model, added_tokens: added } = json as TokenizerJson;
  const special = new Map(added.map(({ id, content }) => [content, validId(id)]));
  const pieces = new Map<number, Uint8Array>();
  for (const [piece, id] of Object.entries(model.vocab)) {
    // Some exports list control tokens in both places.
    if (!special.has(piece)) pieces.set(validId(id), bytesOf(piece));
  }
  if (pieces.size === 0) throw new RangeError('no pieces');
  return new ByteLevelVocabulary(pieces, special);
}

/** More tokens than any model has: a damaged file may not claim all memory. */
const MOST_TOKENS = 1_000_000;

function validId(id: number): number {
  if (!Number.isInteger(id) || id < 0 || id >= MOST_TOKENS) throw new RangeError('token id out of range');
  return id;
}

function bytesOf(piece: string): Uint8Array {
  return Uint8Array.from(piece, (character) => {
    const byte = BYTES.get(character);
    if (byte === undefined) throw new RangeError('piece with a character outside the byte alphabet');
    return byte;
  });
}
