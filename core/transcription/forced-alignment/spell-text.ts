import { PYTHON_WHITE_SPACE } from '../../text/python-white-space.ts';
import type { CtcDictionary } from './ctc-dictionary.ts';

/** Languages that write without spaces: each character is a word. */
const WITHOUT_SPACES = new Set(['ja', 'zh']);

const WHITE_SPACE = new RegExp(`^[${PYTHON_WHITE_SPACE}]$`, 'u');

/** A text as a CTC model would spell it. */
export type SpelledText = {
  /** Code points of the text. */
  readonly characters: readonly string[];
  /** Index of the word that each character belongs to; a space belongs to the word after it. */
  readonly wordOf: readonly number[];
  /** Indices of the characters that are aligned, in order. */
  readonly aligned: readonly number[];
  /** Label of each aligned character; `undefined` for a wildcard. */
  readonly labels: readonly (number | undefined)[];
};

export function hasSpaces(language: string | null): boolean {
  return language === null || !WITHOUT_SPACES.has(language);
}

/**
 * Lower-cases, turns spaces between words into `|`, leaves out space around the text, and takes a wildcard for every
 * character that the dictionary lacks: digits, symbols, letters of other scripts. A space that the dictionary lacks is
 * left out. A character that is written like a control label is that label: `-` is the blank of torchaudio's models.
 *
 * @see WhisperX `alignment.align`
 */
export function spellText(text: string, { labels }: CtcDictionary, language: string | null): SpelledText {
  const characters = Array.from(text);
  const spaced = hasSpaces(language);
  const isSpace = (character: string) => WHITE_SPACE.test(character);
  const first = characters.findIndex((character) => !isSpace(character));
  const last = characters.findLastIndex((character) => !isSpace(character));
  const spelled = { aligned: [] as number[], labels: [] as (number | undefined)[], wordOf: [] as number[] };
  let word = 0;
  characters.forEach((character, index) => {
    spelled.wordOf.push(word);
    if (!spaced || characters[index + 1] === ' ') word++;
    if (first === -1 || index < first || index > last) return;
    const lower = character.toLowerCase();
    const written = spaced && lower === ' ' ? '|' : lower;
    const label = labels.get(written);
    if (label === undefined && (written === ' ' || written === '|')) return;
    spelled.aligned.push(index);
    spelled.labels.push(label);
  });
  return { characters, ...spelled };
}
