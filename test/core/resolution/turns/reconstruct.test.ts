import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capCounts,
  countVotes,
  selectLikePyannote,
  selectSpeakers,
  type FrameVotes,
} from '../../../../core/resolution/turns/reconstruct.ts';
import { tinyObservations } from '../../../support/tiny-observations.ts';

function votesOf(rows: readonly (readonly number[])[]): FrameVotes {
  return { data: Uint16Array.from(rows.flat()), frameCount: rows.length, clusterCount: rows[0]?.length ?? 0 };
}

const rowsOf = ({ data, speakerCount }: { data: Uint8Array; speakerCount: number }): string[] =>
  Array.from({ length: data.length / speakerCount }, (_, row) =>
    data.slice(row * speakerCount, (row + 1) * speakerCount).join(''),
  );

describe('countVotes', () => {
  it('counts chunks, and local speakers of one chunk that share a cluster once', () => {
    const observations = tinyObservations([
      [
        { frames: [[4, 7]], embedding: null },
        { frames: [[6, 8]], embedding: null },
        { frames: [[0, 10]], embedding: null },
      ],
      [{ frames: [[0, 3]], embedding: null }],
    ]);
    const { data, clusterCount } = countVotes(observations, Int32Array.of(1, 1, -2, 1, -2, -2), 2);
    expect([...data].filter((_, i) => i % clusterCount === 1).slice(0, 10)).toEqual([
      0, 0, 0, 0, 1, 2, 2, 2, 0, 0,
    ]);
    expect([...data].filter((_, i) => i % clusterCount === 0).every((vote) => vote === 0)).toBe(true);
  });
});

describe('selectLikePyannote', () => {
  it('takes the clusters with most votes, the lower one at a tie', () => {
    expect(
      rowsOf(
        selectLikePyannote(
          votesOf([
            [1, 3, 2],
            [2, 2, 1],
          ]),
          Uint8Array.of(2, 1),
        ),
      ),
    ).toEqual(['011', '100']);
  });

  it('switches silent clusters on, and adds columns, where more are counted', () => {
    expect(rowsOf(selectLikePyannote(votesOf([[2, 0]]), Uint8Array.of(2)))).toEqual(['11']);
    expect(rowsOf(selectLikePyannote(votesOf([[2], [1]]), Uint8Array.of(2, 1)))).toEqual(['11', '10']);
  });
});

describe('selectSpeakers', () => {
  it('takes nobody without votes, however many are counted', () => {
    expect(rowsOf(selectSpeakers(votesOf([[2, 0]]), Uint8Array.of(3)))).toEqual(['10']);
  });

  it('keeps whoever spoke in the frame before at a tie, else takes the lower cluster', () => {
    const votes = votesOf([
      [2, 2],
      [1, 2],
      [2, 2],
      [0, 0],
      [2, 2],
    ]);
    expect(rowsOf(selectSpeakers(votes, Uint8Array.of(1, 1, 1, 0, 1)))).toEqual([
      '10',
      '01',
      '01',
      '00',
      '10',
    ]);
  });

  it('lets more votes win over who spoke before', () => {
    expect(
      rowsOf(
        selectSpeakers(
          votesOf([
            [2, 1],
            [2, 3],
          ]),
          Uint8Array.of(1, 1),
        ),
      ),
    ).toEqual(['10', '01']);
  });

  it('chooses among candidates only', () => {
    const votes = votesOf([[3, 2]]);
    const candidates = { data: Uint8Array.of(0, 1), frameCount: 1, speakerCount: 2 };
    expect(rowsOf(selectSpeakers(votes, Uint8Array.of(1), candidates))).toEqual(['01']);
  });

  it('agrees with pyannote wherever votes differ and suffice', () => {
    const row = fc.uniqueArray(fc.integer({ min: 1, max: 60_000 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(row, fc.nat(4)), { minLength: 1, maxLength: 30 }), (frames) => {
        const votes = votesOf(frames.map(([votesOfFrame]) => votesOfFrame));
        const counts = Uint8Array.from(frames, ([, count]) => count);
        expect(selectSpeakers(votes, counts)).toEqual(selectLikePyannote(votes, counts));
      }),
    );
  });
});

describe('capCounts', () => {
  it('limits, also to infinity', () => {
    expect([...capCounts(Uint8Array.of(0, 1, 3), 1)]).toEqual([0, 1, 1]);
    expect([...capCounts(Uint8Array.of(0, 1, 3), Infinity)]).toEqual([0, 1, 3]);
  });
});
