import { describe, expect, it } from 'vitest';
import { clusterScales } from '../../../../core/resolution/nme-spectral/cluster-scales.ts';
import type { MultiScaleEmbeddings } from '../../../../core/resolution/nme-spectral/scale-embeddings.ts';
import { DEFAULT_NME_SPECTRAL_OPTIONS } from '../../../../core/resolution/scales/nme-spectral-options.ts';

const COLUMNS = 16;

/** One scale; `valueOf` gives each entry. */
function session(rows: number, valueOf: (row: number, column: number) => number): MultiScaleEmbeddings {
  const data = Float32Array.from({ length: rows * COLUMNS }, (_, index) =>
    valueOf(Math.floor(index / COLUMNS), index % COLUMNS),
  );
  const startSeconds = Float32Array.from({ length: rows }, (_, row) => row / 4);
  const endSeconds = startSeconds.map((start) => start + 0.5);
  return { weights: [1], scales: [{ startSeconds, endSeconds, vectors: { data, rows, columns: COLUMNS } }] };
}

describe('sessions that hold next to nothing', () => {
  const options = { ...DEFAULT_NME_SPECTRAL_OPTIONS, scaleWeights: [1] };
  const sizes = [1, 2, 3, 6, 7, 49, 200];
  const alike: [string, (row: number, column: number) => number][] = [
    ['one vector', (_row, column) => column + 1],
    ['zeros', () => 0],
    ['one vector and zeros', (row, column) => (row % 2) * (column + 1)],
  ];
  for (const [name, valueOf] of alike) {
    for (const longSessions of ['sampled', 'merged'] as const) {
      it(`${name}: every segment gets a label within the bounds, ${longSessions}`, () => {
        for (const rows of sizes) {
          const own = { ...options, longSessions, segmentsPerPiece: 120 };
          const { labels } = clusterScales(session(rows, valueOf), own);
          expect(labels.length).toBe(rows);
          for (const label of labels) expect(label >= 0 && label < options.maxSpeakers).toBe(true);
        }
      });
    }
  }

  it('more speakers than segments, and more than may be: as many as there can be', () => {
    const apart = session(5, (row, column) => (column === row ? 1 : 0));
    const { labels } = clusterScales(apart, { ...options, speakers: 9 });
    expect(new Set(labels).size).toBeLessThanOrEqual(5);
    const many = session(240, (row, column) => (column === row % COLUMNS ? 1 : 0.01 * row));
    expect(new Set(clusterScales(many, { ...options, maxSpeakers: 3 }).labels).size).toBeLessThanOrEqual(3);
  });
});
