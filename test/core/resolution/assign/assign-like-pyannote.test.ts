import { describe, expect, it } from 'vitest';
import {
  assignOneToOne,
  assignToBest,
  unassignInactive,
} from '../../../../core/resolution/assign/assign-like-pyannote.ts';
import { UNASSIGNED } from '../../../../core/resolution/assign/assign-speakers.ts';
import type { LocalSpeakers } from '../../../../core/resolution/local-speakers.ts';

const matrix = (rows: readonly (readonly number[])[]) => ({
  data: Float64Array.from(rows.flat()),
  rows: rows.length,
  columns: rows[0]!.length,
});
const activeIn = (...activeFrames: number[]): LocalSpeakers => ({
  rowCount: activeFrames.length,
  activeFrames: Int32Array.from(activeFrames),
  aloneFrames: Int32Array.from(activeFrames),
  hasEmbedding: Uint8Array.from(activeFrames, () => 1),
});

describe("pyannote's assignment", () => {
  it('gives a row of NaN to cluster 0, and equal scores to the lower cluster', () => {
    expect([
      ...assignToBest(
        matrix([
          [NaN, NaN],
          [1, 2],
          [1.5, 1.5],
        ]),
      ),
    ]).toEqual([0, 1, 0]);
  });

  it('lets inactive local speakers take clusters, and drops who is left over', () => {
    const scores = matrix([
      [1.9, 0.2],
      [1.8, 0.4],
      [1.7, 1.6],
    ]);
    expect([...assignOneToOne(scores, activeIn(5, 5, 0), 3, false)]).toEqual([0, UNASSIGNED, 1]);
  });

  it('with inactive ones last, active ones come first', () => {
    const scores = matrix([
      [1.9, 0.2],
      [1.8, 0.4],
      [1.7, 1.6],
    ]);
    expect([...assignOneToOne(scores, activeIn(5, 5, 0), 3, true)]).toEqual([0, 1, UNASSIGNED]);
  });

  it('counts missing scores as the lowest of the recording, not of the chunk', () => {
    const scores = matrix([
      [NaN, NaN],
      [1.2, 1.3],
      [0.4, 0.3],
    ]);
    expect([...assignOneToOne(scores, activeIn(5, 5, 5), 3, false)]).toEqual([UNASSIGNED, 1, 0]);
  });

  it('loses the order of inactive ones as soon as one score is missing', () => {
    // NumPy: min() of an array with NaN is NaN, so inactive rows become missing and then the lowest.
    const scores = matrix([
      [2, 2],
      [NaN, NaN],
      [1, 0.5],
    ]);
    // All of 0 and 1 is now the lowest score: the inactive one takes a cluster from an active one (scipy's tie).
    expect([...assignOneToOne(scores, activeIn(0, 5, 5), 3, true)]).toEqual([1, UNASSIGNED, 0]);
  });

  it('survives a recording without any score', () => {
    expect(
      [...assignOneToOne(matrix([[NaN], [NaN], [NaN]]), activeIn(1, 1, 1), 3, false)].filter((k) => k === 0),
    ).toHaveLength(1);
  });

  it('takes the cluster from inactive local speakers in the end', () => {
    expect([...unassignInactive(Int32Array.of(0, 1, 0), activeIn(1, 0, 2))]).toEqual([0, UNASSIGNED, 0]);
  });
});
