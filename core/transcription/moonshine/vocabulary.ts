import { ModelError } from '../../errors.ts';
import { spacing } from '../../text/join-words.ts';
import { isWrittenWithoutSpaces } from '../../text/scripts.ts';
import { splitText } from '../../text/split-text.ts';
import type { TokenWord } from '../word-timing.ts';

/** Stands for a space in front of a piece. */
const SPACE = '▁';
/** What bytes of half a character become. */
const REPLACEMENT = '\ufffd';
const BYTE_PIECE = /^<0x([0-9A-F]{2})>$/;
const CONTROL_PIECES = new Set(['<unk>', '<s>', '</s>']);

/**
 * A SentencePiece vocabulary with byte fallback: pieces by id, bytes of characters that have no piece as `<0x..>`.
 *
 * Reads `vocab.json` (an array of pieces) and the `tokenizer.json` of Hugging Face (`model.vocab`: ids by piece).
 */
export class Vocabulary {
  readonly #pieces: readonly string[];

  constructor(pieces: readonly string[]) {
    this.#pieces = pieces;
  }

  /** @throws ModelError `model_shape_mismatch` for text that is neither */
  static parse(json: string, modelId: string): Vocabulary {
    const pieces = piecesOf(parseJson(json));
    if (pieces !== undefined && pieces.length > 0) return new Vocabulary(pieces);
    throw new ModelError(
      'model_shape_mismatch',
      `The vocabulary of ${modelId} is no list of pieces and no tokenizer.json; colloquy models verify ${modelId} tells whether its files are whole.`,
      { details: { model: modelId } },
    );
  }

  get size(): number {
    return this.#pieces.length;
  }

  /** The text of tokens; bytes that are no UTF-8 become U+FFFD, control pieces nothing. */
  decode(tokens: readonly number[]): string {
    return new TextDecoder().decode(this.#bytesOf(tokens)).trim();
  }

  /**
   * Tokens grouped into words: a piece that begins with a space opens one, and so does each character of a script
   * without spaces. Words without text are left out.
   */
  words(tokens: readonly number[]): TokenWord[] {
    const words: TokenWord[] = [];
    for (let first = 0; first < tokens.length;) {
      let end = first + 1;
      while (end < tokens.length && !this.#opensWord(tokens[end]!)) end++;
      const text = this.decode(tokens.slice(first, end));
      if (isWrittenWithoutSpaces(text)) words.push(...this.#parted(tokens, first, end, words.at(-1)));
      else if (text !== '') words.push({ text, firstToken: first, endToken: end });
      first = end;
    }
    return words;
  }

  /** The words of tokens without a space between: whole characters, those that go together joined. */
  #parted(tokens: readonly number[], first: number, end: number, before: TokenWord | undefined): TokenWord[] {
    const words: TokenWord[] = [];
    for (let from = first; from < end;) {
      let to = from + 1;
      while (to < end && this.decode(tokens.slice(from, to)).includes(REPLACEMENT)) to++;
      const text = this.decode(tokens.slice(from, to));
      const last = words.at(-1);
      if (last !== undefined && splitText(last.text + text).length === splitText(last.text).length)
        words[words.length - 1] = { ...last, text: last.text + text, endToken: to };
      else if (text !== '') {
        const previous = last ?? before;
        const space = previous === undefined ? {} : spacing(previous.text, text, last === undefined);
        words.push({ text, ...space, firstToken: from, endToken: to });
      }
      from = to;
    }
    return words;
  }

  #opensWord(token: number): boolean {
    return this.#pieces[token]?.startsWith(SPACE) ?? false;
  }

  #bytesOf(tokens: readonly number[]): Uint8Array {
    const bytes: number[] = [];
    const encoder = new TextEncoder();
    for (const token of tokens) {
      const piece = this.#pieces[token] ?? '';
      const byte = BYTE_PIECE.exec(piece);
      if (byte) bytes.push(Number.parseInt(byte[1]!, 16));
      else if (!CONTROL_PIECES.has(piece)) bytes.push(...encoder.encode(piece.replaceAll(SPACE, ' ')));
    }
    return Uint8Array.from(bytes);
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function piecesOf(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.every((piece) => typeof piece === 'string') ? value : undefined;
  const vocabulary = field(field(value, 'model'), 'vocab');
  if (typeof vocabulary !== 'object' || vocabulary === null) return undefined;
  const pieces: string[] = [];
  for (const [piece, id] of Object.entries(vocabulary)) {
    if (!Number.isInteger(id) || id < 0 || id > 1e6) return undefined;
    pieces[Number(id)] = piece;
  }
  // Holes are ids without a piece: they decode to nothing.
  return Array.from(pieces, (piece: string | undefined) => piece ?? '<unk>');
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
