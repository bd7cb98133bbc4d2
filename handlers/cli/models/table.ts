import { largestOf } from '../../../core/math/extremes.ts';
/** The forms of a list of models. */
export const TABLE_FORMATS = ['table', 'json'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** JSON of the rows, or columns of their cells, each as wide as its widest cell but for the last. */
export function formatTable<Row>(
  format: TableFormat,
  rows: readonly Row[],
  cells: (row: Row) => string[],
): string {
  if (format === 'json') return `${JSON.stringify(rows, null, 2)}\n`;
  const lines = rows.map(cells);
  const widthOf = (column: number) => largestOf(lines.map((line) => line[column]?.length ?? 0));
  const pad = (cell: string, column: number, line: string[]) =>
    column === line.length - 1 ? cell : cell.padEnd(widthOf(column));
  return lines.map((line) => `${line.map(pad).join('  ')}\n`).join('');
}

/** `5.7 MB`, `251 MB`; `? MB` where nobody says. */
export function megabytes(bytes: number | null): string {
  return bytes === null ? '? MB' : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
