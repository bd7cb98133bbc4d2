import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharedFolder } from './shared.ts';

/** A file of golden cases: `format` says of which kind, `cases` are what the tests run. */
type GoldenFile = { readonly format: string; readonly cases: readonly unknown[] };

/**
 * Every golden case of one format that the shared folder holds, whatever its file is called; the fixtures committed
 * in `test/golden/metrics` where that folder is missing. The caller says what a case of that format looks like.
 */
export function metricCases(format: string): readonly unknown[] {
  const shared = join(sharedFolder, 'data', 'metrics');
  const folder = existsSync(shared) ? shared : join(import.meta.dirname, '../golden/metrics');
  const cases: unknown[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith('.json')) continue;
    const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as GoldenFile;
    if (file.format === format) cases.push(...file.cases);
  }
  if (cases.length === 0) throw new Error(`No golden cases of format ${format} in ${folder}`);
  return cases;
}

/** A golden number: JSON has no infinities, so these stand as strings. */
export type GoldenNumber = number | 'Infinity' | '-Infinity' | 'NaN' | null;

/** The number that a golden value stands for; `null` stays for "undefined". */
export function goldenNumber(value: GoldenNumber): number {
  return value === null ? NaN : Number(value);
}
