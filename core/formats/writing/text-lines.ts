import { InvalidInputError } from '../../errors.ts';

/** A line of a text file with its number, from 1. */
export type NumberedLine = { readonly number: number; readonly text: string };

/** The lines of a text file without line ends (LF, CRLF, CR) and without byte order mark. */
export function linesOf(text: string): NumberedLine[] {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return body.split(/\r\n|\n|\r/).map((line, index) => ({ number: index + 1, text: line }));
}

/** The lines that carry data: neither blank nor a `;;` comment (NIST formats). */
export function dataLinesOf(text: string): NumberedLine[] {
  return linesOf(text).filter((line) => line.text.trim() !== '' && !line.text.trimStart().startsWith(';;'));
}

/** The error for a line that does not fit its format. The content of the line stays out of it. */
export function invalidLine(format: string, line: number, expected: string): InvalidInputError {
  return new InvalidInputError('invalid_file', `${format}, line ${line}: ${expected}`, {
    details: { format, line },
  });
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A decimal number, or `undefined` for anything else: empty, hexadecimal, Infinity, NaN, too large for a double. */
export function parseDecimal(text: string | undefined): number | undefined {
  if (text === undefined || !DECIMAL.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * The time field of a line.
 *
 * @throws InvalidInputError `invalid_file` with the line number where it is no number
 */
export function timeField(format: string, line: number, what: string, text: string | undefined): number {
  const value = parseDecimal(text);
  if (value === undefined)
    throw invalidLine(format, line, `expected ${what} in seconds as a decimal number.`);
  return value;
}
