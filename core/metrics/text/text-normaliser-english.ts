import { AMERICAN_SPELLINGS } from './american-spellings.ts';
import { pythonSplit, PYTHON_WHITE_SPACE } from '../../text/python-white-space.ts';
import { spokenNumbersToNumerals } from './spoken-numbers.ts';
import { removeSymbolsAndDiacritics, singleSpaced, withoutBracketed } from './text-normaliser-basic.ts';

/** Python's `\b` before and after a letter: JavaScript's own knows ASCII letters only. */
const START = '(?<![\\p{L}\\p{N}_])';
const END = '(?![\\p{L}\\p{N}_])';

const FILLERS = new RegExp(`${START}(hmm|mm|mhm|mmm|uh|um)${END}`, 'gu');
const SPACE_BEFORE_APOSTROPHE = new RegExp(`[${PYTHON_WHITE_SPACE}]+'`, 'gu');

/** Contractions that are whole words. */
const WHOLE_WORDS: readonly (readonly [string, string])[] = [
  ["won't", 'will not'],
  ["can't", 'can not'],
  ["let's", 'let us'],
  ["ain't", 'aint'],
  ["y'all", 'you all'],
  ['wanna', 'want to'],
  ['kinda', 'kind of'],
  ['sorta', 'sort of'],
  ['dunno', 'do not know'],
  ['gotta', 'got to'],
  ['gonna', 'going to'],
  ["i'ma", 'i am going to'],
  ['imma', 'i am going to'],
  ['woulda', 'would have'],
  ['coulda', 'could have'],
  ['shoulda', 'should have'],
  ['cause', 'because'],
  ["ma'am", 'madam'],
  // Titles: the space takes the place of their full stop.
  ['mr', 'mister '],
  ['mrs', 'missus '],
  ['st', 'saint '],
  ['dr', 'doctor '],
  ['prof', 'professor '],
  ['capt', 'captain '],
  ['gov', 'governor '],
  ['ald', 'alderman '],
  ['gen', 'general '],
  ['sen', 'senator '],
  ['rep', 'representative '],
  ['pres', 'president '],
  ['rev', 'reverend '],
  ['hon', 'honorable '],
  ['asst', 'assistant '],
  ['assoc', 'associate '],
  ['lt', 'lieutenant '],
  ['col', 'colonel '],
  ['jr', 'junior '],
  ['sr', 'senior '],
  ['esq', 'esquire '],
];

/** Contractions at the end of a word; the longer ones come first. */
const WORD_ENDS: readonly (readonly [string, string])[] = [
  ["'d been", ' had been'],
  ["'s been", ' has been'],
  ["'d gone", ' had gone'],
  ["'s gone", ' has gone'],
  ["'d done", ' had done'],
  ["'s got", ' has got'],
  ["n't", ' not'],
  ["'re", ' are'],
  ["'s", ' is'],
  ["'d", ' would'],
  ["'ll", ' will'],
  ["'t", ' not'],
  ["'ve", ' have'],
  ["'m", ' am'],
];

const REPLACEMENTS: readonly (readonly [RegExp, string])[] = [
  ...WHOLE_WORDS.map(([word, full]): [RegExp, string] => [new RegExp(`${START}${word}${END}`, 'gu'), full]),
  ...WORD_ENDS.map(([ending, full]): [RegExp, string] => [new RegExp(`${ending}${END}`, 'gu'), full]),
];

/** Signs that may belong to a number and so outlive the removal of symbols. */
const NUMBER_SIGNS = '.%$¢€£';

/**
 * Whisper's English normaliser, exactly: what word error rates of English recognisers are usually counted after.
 *
 * Lower case, no fillers (uh, um …), contractions in full, numbers as numerals, American spelling, no punctuation.
 * Its surprises are kept, since figures are compared with others': "oh no" → "0 no", "five o'clock" → "50 clock",
 * "one and a half" → "one.5", "it costs 1 dollar" → "it costs one"; a typographic apostrophe is not understood, and
 * the result is not trimmed.
 *
 * @see A. Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022, appendix C, and
 *   `EnglishTextNormalizer` of https://github.com/openai/whisper (MIT)
 */
export function normaliseEnglish(text: string): string {
  let spoken = withoutBracketed(text.toLowerCase())
    .replace(FILLERS, '')
    .replace(SPACE_BEFORE_APOSTROPHE, "'");
  for (const [pattern, full] of REPLACEMENTS) spoken = spoken.replace(pattern, full);
  const plain = removeSymbolsAndDiacritics(
    spoken.replace(/(\p{Nd}),(\p{Nd})/gu, '$1$2').replace(/\.([^0-9]|$)/gu, ' $1'),
    NUMBER_SIGNS,
  );
  const american = pythonSplit(spokenNumbersToNumerals(plain)).map(
    (word) => AMERICAN_SPELLINGS.get(word) ?? word,
  );
  // Signs that turned out not to belong to a number.
  const clean = american
    .join(' ')
    .replace(/[.$¢€£]([^0-9])/gu, ' $1')
    .replace(/([^0-9])%/gu, '$1 ');
  return singleSpaced(clean);
}
