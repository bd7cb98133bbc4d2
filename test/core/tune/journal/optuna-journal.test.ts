import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importOptunaJournal } from '../../../../core/tune/journal/optuna-journal.ts';
import type { SearchSpace } from '../../../../core/tune/space/search-setting.ts';

const journal = readFileSync(join(import.meta.dirname, '../../../golden/tune/optuna.journal'));
const SPACE: SearchSpace = [
  { path: 'clustering.threshold', kind: 'float', low: 0.3, high: 1.2 },
  { path: 'clustering.minClusterSize', kind: 'int', low: 2, high: 20 },
];

describe("a journal of Optuna's", () => {
  it('gives the finished trials of its first study under our names', () => {
    const { lines, ignored } = importOptunaJournal(journal, SPACE);
    // Twelve trials, of which one failed.
    expect(lines.length).toBe(11);
    expect(lines.filter(({ state }) => state === 'pruned').length).toBe(2);
    for (const { settings, state, value, lastStep } of lines) {
      const threshold = Number(settings['clustering.threshold']);
      const size = Number(settings['clustering.minClusterSize']);
      const complete = Math.abs(threshold - 0.8) + 0.001 * Math.abs(size - 9);
      if (state === 'complete') expect(value).toBeCloseTo(complete, 12);
      else {
        expect(lastStep).toBe(1);
        expect(value).toBeCloseTo(complete + 0.05, 12);
      }
    }
    expect(ignored).toEqual(['clustering.method', 'segmentation.threshold']);
  });

  it('leaves out values outside of the space', () => {
    const narrow: SearchSpace = [{ path: 'clustering.threshold', kind: 'float', low: 0.5, high: 0.9 }];
    const { lines } = importOptunaJournal(journal, narrow);
    expect(lines.length).toBeLessThan(11);
    for (const { settings } of lines)
      expect(Number(settings['clustering.threshold'])).toBeLessThanOrEqual(0.9);
  });

  it('is told from a database, and from another file', () => {
    const database = new TextEncoder().encode('SQLite format 3\0…');
    expect(() => importOptunaJournal(database, SPACE)).toThrow(/copy_study/);
    const lines = new TextDecoder().decode(journal).split('\n');
    const damaged = new TextEncoder().encode(
      [...lines.slice(0, 4), '{"op_code":', ...lines.slice(4)].join('\n'),
    );
    expect(() => importOptunaJournal(damaged, SPACE)).toThrow(/Line 5/);
    const other: SearchSpace = [{ path: 'minAloneShare', kind: 'float', low: 0, high: 1 }];
    expect(() => importOptunaJournal(journal, other)).toThrow(/its parameters are/);
  });
});
