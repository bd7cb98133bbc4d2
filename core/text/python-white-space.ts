/**
 * What Python's `str` methods and `\s` take for white space, as the inside of a character class. JavaScript's `\s`
 * lacks the separators U+001C to U+001F and U+0085, and has U+FEFF besides.
 */
export const PYTHON_WHITE_SPACE =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';

const OUTER = new RegExp(`^[${PYTHON_WHITE_SPACE}]+|[${PYTHON_WHITE_SPACE}]+$`, 'gu');
const RUN = new RegExp(`[${PYTHON_WHITE_SPACE}]+`, 'u');

/** `str.strip()`. */
export function pythonStrip(text: string): string {
  return text.replace(OUTER, '');
}

/** `str.split()`: the words between runs of white space. */
export function pythonSplit(text: string): string[] {
  return text.split(RUN).filter((word) => word !== '');
}
