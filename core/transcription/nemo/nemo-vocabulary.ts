import { ModelError } from '../../errors.ts';
import { joinWords, spacing } from '../../text/join-words.ts';
import { isWrittenWithoutSpaces } from '../../text/scripts.ts';
import type { TokenWord } from '../word-timing.ts';

/** Stands for a space in front of a piece. */
const SPACE = '▁';
const BLANK = '<blk>';
/** More than any model has: a damaged file may not claim all memory. */
const MOST_PIECES = 1_000_000;

const WORD_CHARACTER = /[\p{L}\p{N}_]/u;

/** The pieces of a NeMo model: SentencePiece pieces by id, the blank of CTC and transducers among them. */
export class NemoVocabulary {
  readonly blank: number;
  readonly #pieces: readonly string[];

  constructor(pieces: readonly string[], blank: number) {
    this.#pieces = pieces;
    this.blank = blank;
  }

  /**
   * Reads `vocab.txt`: a piece and its id a line, ids from 0 on in any order, `<blk>` among them.
   *
   * @throws ModelError `model_shape_mismatch`
   */
  static parse(text: string, modelId: string): NemoVocabulary {
    const pieces: string[] = [];
    for (const [index, line] of text.split(/\r?\n/u).entries()) {
      if (line === '') continue;
      const [, piece, number] = /^(.+) (\d+)$/u.exec(line) ?? [];
      const id = Number(number);
      if (piece === undefined || id >= MOST_PIECES || pieces[id] !== undefined)
        throw unreadable(modelId, `line ${index + 1} is no piece with an id of its own`);
      pieces[id] = piece.replaceAll(SPACE, ' ');
    }
    const count = pieces.filter((piece) => piece).length;
    if (count !== pieces.length) throw unreadable(modelId, `it lacks ${pieces.length - count} ids`);
    const blank = pieces.indexOf(BLANK);
    if (blank === -1) throw unreadable(modelId, `it has no ${BLANK}`);
    return new NemoVocabulary(pieces, blank);
  }

  /** Blank included. */
  get size(): number {
    return this.#pieces.length;
  }

  /** The text of a token; a space in front of it where it begins a word. */
  piece(token: number): string {
    return this.#pieces[token] ?? '';
  }

  text(tokens: readonly number[]): string {
    return joinWords(this.words(tokens));
  }

  /**
   * Groups tokens into words. A space counts where a letter or digit follows, and not at the very beginning, as
   * onnx-asr removes it (`\A\s|\s\B`): punctuation joins the word before it. Characters of a script without spaces
   * are words of their own.
   */
  words(tokens: readonly number[]): TokenWord[] {
    const characters = tokens.flatMap((token, index) =>
      Array.from(this.piece(token), (character) => ({ character, index })),
    );
    const words: (TokenWord & { text: string; endToken: number })[] = [];
    let opens = true;
    characters.forEach(({ character, index }, place) => {
      if (/\s/u.test(character)) {
        const next = characters[place + 1]?.character ?? '';
        if (place > 0 && WORD_CHARACTER.test(next)) opens = true;
        return;
      }
      const last = words.at(-1);
      if (opens || last === undefined || mayPart(last.text, character)) {
        const space = last === undefined ? {} : spacing(last.text, character, opens);
        words.push({ text: character, ...space, firstToken: index, endToken: index + 1 });
      } else Object.assign(last, { text: last.text + character, endToken: index + 1 });
      opens = false;
    });
    return words;
  }
}

/** Between characters of which one stands for itself. */
function mayPart(before: string, character: string): boolean {
  if (!WORD_CHARACTER.test(character)) return false;
  return isWrittenWithoutSpaces(character) || isWrittenWithoutSpaces(before);
}

function unreadable(modelId: string, problem: string): ModelError {
  return new ModelError(
    'model_shape_mismatch',
    `The vocab.txt of ${modelId} is no vocabulary: ${problem}; colloquy models verify ${modelId} tells whether its files are whole.`,
    { details: { model: modelId } },
  );
}
