/** Which writing puts spaces between words. */

/** Chinese and Japanese: neither words nor sentences are parted. */
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc\uff70]/u;

/** Thai, Lao, Khmer and Burmese: a space parts phrases and sentences, not words. */
const SOUTH_EAST_ASIAN = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Punctuation that brings its own space: 。、「」 and the full-width forms. */
const WIDE_PUNCTUATION =
  /[\u3001-\u3003\u3008-\u301f\u30fb\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]/u;

/** Takes two columns in a line of a terminal or subtitle: the wide and full-width characters of UAX #11. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** @param character one code point */
export function isEastAsian(character: string): boolean {
  return EAST_ASIAN.test(character);
}

/** @param character one code point */
export function isSouthEastAsian(character: string): boolean {
  return SOUTH_EAST_ASIAN.test(character);
}

/** True where any letter of a text is of a script that writes its words without spaces. */
export function isWrittenWithoutSpaces(text: string): boolean {
  return EAST_ASIAN.test(text) || SOUTH_EAST_ASIAN.test(text);
}

/** @param character one code point */
export function isWidePunctuation(character: string): boolean {
  return WIDE_PUNCTUATION.test(character);
}

/** Columns that a text takes in a line: two for a wide character, one for any other. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}
