import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignSpeakers, UNASSIGNED } from '../../../../core/resolution/assign/assign-speakers.ts';
import { measureLocalSpeakers } from '../../../../core/resolution/local-speakers.ts';
import type { Observations } from '../../../../core/resolution/observations.ts';
import { ANNA, tinyObservations, type TinySpeaker } from '../../../support/tiny-observations.ts';

const voiced = (...frames: [number, number][]): TinySpeaker => ({ frames, embedding: ANNA });
const voiceless = (...frames: [number, number][]): TinySpeaker => ({ frames, embedding: null });

function assign(
  observations: Observations,
  rows: readonly (readonly number[])[],
  constrained = true,
): number[] {
  const scores = { data: Float64Array.from(rows.flat()), rows: rows.length, columns: rows[0]!.length };
  return [...assignSpeakers(observations, measureLocalSpeakers(observations), scores, constrained)];
}

const NONE = [NaN, NaN, NaN];

describe('assignSpeakers', () => {
  it('gives two local speakers of a chunk different clusters, with the best total', () => {
    const chunk = tinyObservations([[voiced([0, 3]), voiced([4, 8])]]);
    const scores = [[1.9, 1.8, 1], [1.85, 1.1, 1], NONE];
    expect(assign(chunk, scores)).toEqual([1, 0, UNASSIGNED]);
    expect(assign(chunk, scores, false)).toEqual([0, 0, UNASSIGNED]);
  });

  it('lets those share the nearest cluster who are more than there are clusters', () => {
    const chunk = tinyObservations([[voiced([0, 3]), voiced([4, 8])]]);
    expect(assign(chunk, [[1.9], [1.2], [NaN]])).toEqual([0, 0, UNASSIGNED]);
  });

  it('leaves inactive local speakers out of the competition', () => {
    const chunk = tinyObservations([[voiced(), voiced([4, 8])]]);
    expect(assign(chunk, [[2, 0, 0], [1.5, 1.4, 0], NONE])).toEqual([UNASSIGNED, 0, UNASSIGNED]);
  });

  it('finds the best total of all assignments', () => {
    const score = fc.double({ min: 0, max: 2, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.array(score, { minLength: 4, maxLength: 4 }), { minLength: 3, maxLength: 3 }),
        (rows) => {
          const chunk = tinyObservations([[voiced([0, 3]), voiced([4, 8]), voiced([8, 9])]]);
          const total = (clusters: readonly number[]): number =>
            clusters.reduce((sum, cluster, row) => sum + rows[row]![cluster]!, 0);
          let best = 0;
          for (let a = 0; a < 4; a += 1) {
            for (let b = 0; b < 4; b += 1) {
              for (let c = 0; c < 4; c += 1)
                if (new Set([a, b, c]).size === 3) best = Math.max(best, total([a, b, c]));
            }
          }
          const assigned = assign(chunk, rows);
          expect(new Set(assigned).size).toBe(3);
          expect(total(assigned)).toBeCloseTo(best, 12);
        },
      ),
    );
  });
});

describe('assignSpeakers without an embedding', () => {
  it('follows the cluster that other chunks hear in the same frames', () => {
    const observations = tinyObservations([[voiced([0, 3]), voiceless([7, 9])], [voiced([1, 9])]]);
    expect(assign(observations, [[2, 0, 0], NONE, NONE, [0, 0, 2], NONE, NONE])[1]).toBe(2);
  });

  it('else the one heard nearest in time, but no other of its chunk', () => {
    const observations = tinyObservations([[voiced([0, 3]), voiceless([4, 5])], [voiced([2, 9])]]);
    const scores = [[2, 0, 0], NONE, NONE, [0, 2, 0], NONE, NONE];
    // Cluster 0 ends a frame before, cluster 1 begins two frames after.
    expect(assign(observations, scores, false)[1]).toBe(0);
    expect(assign(observations, scores, true)[1]).toBe(1);
  });

  it('shares a cluster of its chunk when nobody else is near', () => {
    const observations = tinyObservations([[voiced([0, 3]), voiceless([6, 7])]]);
    expect(assign(observations, [[2, 0, 0], NONE, NONE])[1]).toBe(0);
  });

  it('stays without a cluster when nobody is heard within a chunk', () => {
    const silence: TinySpeaker[] = [];
    const observations = tinyObservations([[voiced([0, 2])], silence, silence, silence, [voiceless([8, 9])]]);
    expect(
      assign(
        observations,
        Array.from({ length: 15 }, (_, row) => (row === 0 ? [2, 0, 0] : NONE)),
      )[12],
    ).toBe(UNASSIGNED);
  });
});
