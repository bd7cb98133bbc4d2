/** Where text may be cut: into words to show one by one, and into tokens to score. */
import { spacing, type SpacedWord } from './join-words.ts';
import { isSouthEastAsian, isWrittenWithoutSpaces } from './scripts.ts';

/** Never stand at the end of a line: they belong to what follows. */
const OPENING = /[\p{Ps}\p{Pi}]/u;
/** Never begin a line, as Japanese typesetting has it: punctuation, marks, small kana. */
const CLOSING = /[\p{P}\p{M}ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ]/u;

/**
 * The words of a text, which `joinWords` puts together again: parted at spaces, between Chinese and Japanese
 * characters, and between the words of Thai, Lao, Khmer and Burmese as a dictionary knows them. Punctuation stays with
 * its word.
 */
export function splitText(text: string): SpacedWord[] {
  const words: SpacedWord[] = [];
  for (const chunk of text.split(/\s+/u)) {
    partsOf(chunk).forEach((part, index) => {
      const before = words.at(-1);
      words.push({ text: part, ...(before === undefined ? {} : spacing(before.text, part, index === 0)) });
    });
  }
  return words;
}

/**
 * What error rates count: words, and single characters where words are written without spaces, as is usual for
 * Mandarin with English in between. So a word error rate of Chinese, Japanese or Thai is a character error rate.
 */
export function scoredTokens(text: string): string[] {
  return text
    .split(/\s+/u)
    .filter((chunk) => chunk !== '')
    .flatMap(charactersApart);
}

/** True for a token of `scoredTokens` that is a character, not a word. */
export function isCharacterToken(token: string): boolean {
  return isWrittenWithoutSpaces(token);
}

function charactersApart(chunk: string): string[] {
  const tokens: string[] = [];
  let run = '';
  for (const character of chunk) {
    if (!isWrittenWithoutSpaces(character)) {
      run += character;
      continue;
    }
    if (run !== '') tokens.push(run);
    tokens.push(character);
    run = '';
  }
  return run === '' ? tokens : [...tokens, run];
}

/** @param chunk without spaces */
function partsOf(chunk: string): string[] {
  const parts: string[] = [];
  let kind: PieceKind | undefined;
  for (const piece of piecesOf(chunk)) {
    const own = kindOf(piece);
    const staysWithLast = own === 'mark' || kind === 'opening' || (own === 'other' && kind === 'other');
    if (parts.length > 0 && staysWithLast) parts.push(parts.pop()! + piece);
    else parts.push(piece);
    if (own !== 'mark') kind = own;
  }
  return parts;
}

/** The smallest pieces that may be parted: characters as readers see them, words of South-East Asian scripts. */
function piecesOf(chunk: string): string[] {
  if (chunk === '') return [];
  if (!Array.from(chunk).some(isWrittenWithoutSpaces)) return [chunk];
  const granularity = Array.from(chunk).some(isSouthEastAsian) ? 'word' : 'grapheme';
  return Array.from(new Intl.Segmenter('und', { granularity }).segment(chunk), ({ segment }) => segment);
}

/** `opening` goes with what follows, `mark` with what is before it, `other` with its like. */
type PieceKind = 'opening' | 'mark' | 'letter' | 'other';

function kindOf(piece: string): PieceKind {
  const first = String.fromCodePoint(piece.codePointAt(0)!);
  if (OPENING.test(first)) return 'opening';
  if (CLOSING.test(first)) return 'mark';
  return isWrittenWithoutSpaces(first) ? 'letter' : 'other';
}
