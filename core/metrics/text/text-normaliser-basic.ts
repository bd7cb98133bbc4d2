import { PYTHON_WHITE_SPACE } from '../../text/python-white-space.ts';

/** What `normaliseBasic` does besides. */
export type BasicNormaliserOptions = {
  /** Takes marks off letters (é → e, ß → ss) instead of replacing combining marks by spaces. */
  readonly removeDiacritics?: boolean;
  /** Puts a space between all letters, for languages without spaces. */
  readonly splitLetters?: boolean;
};

const BRACKETED = /[<[][^>\]]*[>\]]/gu;
const PARENTHESISED = /\(([^)]+?)\)/gu;
const SYMBOL_OR_MARK = /[\p{M}\p{S}\p{P}]/gu;
const WHITE_SPACE = new RegExp(`[${PYTHON_WHITE_SPACE}]+`, 'gu');

/** Letters that compatibility decomposition leaves whole. */
const LETTERS_WITHOUT_DECOMPOSITION: Readonly<Record<string, string>> = {
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  æ: 'ae',
  Æ: 'AE',
  ß: 'ss',
  ẞ: 'SS',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'th',
  ł: 'l',
  Ł: 'L',
};

/**
 * Whisper's normaliser for languages other than English, exactly: lower case, no text in brackets, symbols,
 * punctuation and combining marks as spaces, white space as single spaces.
 *
 * Two surprises are kept: the result is not trimmed, and vowel signs of Hindi, Thai and Arabic become spaces.
 *
 * @see A. Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022, appendix C, and
 *   `BasicTextNormalizer` of https://github.com/openai/whisper (MIT)
 */
export function normaliseBasic(text: string, options: BasicNormaliserOptions = {}): string {
  const spoken = withoutBracketed(text.toLowerCase());
  const clean = options.removeDiacritics
    ? removeSymbolsAndDiacritics(spoken, '')
    : spoken.normalize('NFKC').replace(SYMBOL_OR_MARK, ' ');
  const lower = clean.toLowerCase();
  return singleSpaced(options.splitLetters ? graphemesOf(lower).join(' ') : lower);
}

/** Leaves out what stands in brackets: stage directions, not speech. */
export function withoutBracketed(text: string): string {
  return text.replace(BRACKETED, '').replace(PARENTHESISED, '');
}

/** Every run of white space becomes one space. */
export function singleSpaced(text: string): string {
  return text.replace(WHITE_SPACE, ' ');
}

/** Symbols and punctuation become spaces, marks go; the characters of `keep` stay. Decomposes the text (NFKD). */
export function removeSymbolsAndDiacritics(text: string, keep: string): string {
  return Array.from(text.normalize('NFKD'), (character) => {
    if (keep.includes(character)) return character;
    const letters = LETTERS_WITHOUT_DECOMPOSITION[character];
    if (letters !== undefined) return letters;
    if (/\p{Mn}/u.test(character)) return '';
    return /[\p{M}\p{S}\p{P}]/u.test(character) ? ' ' : character;
  }).join('');
}

/** Extended grapheme clusters: what a reader takes for one letter. */
function graphemesOf(text: string): string[] {
  return Array.from(
    new Intl.Segmenter('und', { granularity: 'grapheme' }).segment(text),
    ({ segment }) => segment,
  );
}
