import { isTranscript, type DiarizationResult } from '../../result/result.ts';
import { formatFixed } from '../writing/fixed-decimal.ts';
import { speakerNamer, type RenderOptions } from '../render-options.ts';
import { singleLine } from '../writing/single-line.ts';

/** Characters at the start of a cell that make a spreadsheet take it for a formula (OWASP, "CSV injection"). */
const FORMULA_START = /^[=+\-@\t\r\n]/;

/**
 * One cell: quoted where it holds a comma, quote or line end; a text that a spreadsheet would run as a formula gets
 * an apostrophe before it.
 */
export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const guarded = FORMULA_START.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** Rows as CSV (RFC 4180, lines end with CR LF). */
export function writeCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** Turns as a table; with words, a row an utterance and its text. Times in seconds, to the millisecond. */
export function renderCsv(result: DiarizationResult, _options: RenderOptions = {}): string {
  const nameOf = speakerNamer(result);
  const seconds = (value: number): string => formatFixed(value, 3);
  if (isTranscript(result)) {
    const rows = result.utterances.map((utterance) => [
      seconds(utterance.startSeconds),
      seconds(utterance.endSeconds),
      singleLine(nameOf(utterance.speaker)),
      singleLine(utterance.text),
    ]);
    return writeCsv([['startSeconds', 'endSeconds', 'speaker', 'text'], ...rows]);
  }
  const rows = result.turns.map((turn) => [
    seconds(turn.startSeconds),
    seconds(turn.endSeconds),
    singleLine(nameOf(turn.speaker)),
    turn.confidence === undefined ? '' : seconds(turn.confidence),
  ]);
  return writeCsv([['startSeconds', 'endSeconds', 'speaker', 'confidence'], ...rows]);
}
