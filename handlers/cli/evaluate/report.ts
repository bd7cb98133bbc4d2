import { writeCsv } from '../../../core/formats/tables/csv.ts';
import { formatFixed } from '../../../core/formats/writing/fixed-decimal.ts';
import { largestOf } from '../../../core/math/extremes.ts';

/** A figure of a report: its key in CSV and JSON, its heading in the table and how it is shown there. */
export type ReportColumn = {
  readonly key: string;
  readonly heading: string;
  readonly unit: 'percent' | 'seconds' | 'count';
  /** Left out of the table, which has to fit a terminal. */
  readonly detail?: true;
};

/** The figures of one recording by key; `null` where one is not defined. */
export type ReportValues = Readonly<Record<string, number | null>>;

export type Report = {
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly { readonly recording: string; readonly values: ReportValues }[];
  readonly total: ReportValues;
  /** What a reader of the figures must know; a sentence. */
  readonly note?: string;
};

/** Name of the row with the figures of all recordings together. */
const TOTAL = 'TOTAL';

/** Several reports on the same recordings as one; `null` where a recording is not part of one of them. */
export function joinReports(reports: readonly Report[]): Report {
  const recordings = [...new Set(reports.flatMap((report) => report.rows.map((row) => row.recording)))];
  const notes = reports.flatMap((report) => report.note ?? []);
  return {
    columns: reports.flatMap((report) => report.columns),
    rows: recordings.map((recording) => ({
      recording,
      values: Object.assign({}, ...reports.map((report) => valuesOf(report, recording))) as ReportValues,
    })),
    total: Object.assign({}, ...reports.map((report) => report.total)) as ReportValues,
    ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
  };
}

function valuesOf({ rows, columns }: Report, recording: string): ReportValues {
  const row = rows.find((candidate) => candidate.recording === recording);
  return row?.values ?? Object.fromEntries(columns.map(({ key }) => [key, null]));
}

/** For reading: rates in percent, aligned. */
export function reportTable(report: Report): string {
  const columns = report.columns.filter((column) => !column.detail);
  const line = (name: string, values: ReportValues): string[] => [
    name,
    ...columns.map((column) => shown(values[column.key] ?? null, column)),
  ];
  const body = report.rows.map(({ recording, values }) => line(recording, values));
  const lines = [
    ['recording', ...columns.map((column) => column.heading)],
    ...body,
    line(TOTAL, report.total),
  ];
  const widths = lines[0]!.map((_, column) => largestOf(lines.map((cells) => cells[column]!.length)));
  const text = lines.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
  const rule = '-'.repeat(text[0]!.length);
  const note = report.note === undefined ? [] : [report.note];
  return [text[0], rule, ...text.slice(1, -1), rule, text.at(-1), ...note].join('\n') + '\n';
}

/** For spreadsheets: every figure as it is, rates as fractions. */
export function reportCsv(report: Report): string {
  const cells = (values: ReportValues): (string | number)[] =>
    report.columns.map(({ key }) => values[key] ?? '');
  return writeCsv([
    ['recording', ...report.columns.map((column) => column.key)],
    ...report.rows.map(({ recording, values }) => [recording, ...cells(values)]),
    [TOTAL, ...cells(report.total)],
  ]);
}

function shown(value: number | null, column: ReportColumn): string {
  if (value === null) return '–';
  if (column.unit === 'count') return String(value);
  return formatFixed(column.unit === 'percent' ? 100 * value : value, 2);
}
