import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../core/math/random.ts';
import { DEFAULT_VBX_OPTIONS } from '../../../../core/resolution/resolution-options.ts';
import { vbx } from '../../../../core/resolution/vbx/vbx.ts';

const OPTIONS = { ...DEFAULT_VBX_OPTIONS, statisticsScale: 1, speakerRegularization: 1 };

/** Embeddings of two speakers in turn, far apart along the first of three features. */
function twoSpeakers(count: number, seed: number) {
  const random = createRandom(seed);
  const data = Float64Array.from({ length: 3 * count }, (_, i) => {
    const far = i % 3 === 0 ? (Math.floor(i / 3) % 2 === 0 ? 6 : -6) : 0;
    return far + random() - 0.5;
  });
  return { data, rows: count, columns: 3 };
}

/** Each row belongs mostly to speaker row mod `speakers`. */
function guess(rows: number, speakers: number) {
  const data = Float64Array.from({ length: rows * speakers }, (_, i) =>
    Math.floor(i / speakers) % speakers === i % speakers ? 0.9 : 0.1 / (speakers - 1),
  );
  return { data, rows, columns: speakers };
}

const PHI = Float64Array.of(9, 1, 0.5);

describe('vbx', () => {
  it('gives up the speakers that it does not need', () => {
    const { priors } = vbx(twoSpeakers(40, 1), PHI, guess(40, 4), {
      ...OPTIONS,
      speakerRegularization: 5,
      maxIterations: 200,
    });
    expect(priors.filter((prior) => prior > 1e-3)).toHaveLength(2);
  });

  it('never lowers the evidence, and keeps responsibilities a distribution', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 2, max: 5 }),
        fc.integer(),
        (count, speakers, seed) => {
          const { evidence, responsibilities, priors } = vbx(
            twoSpeakers(count, seed),
            PHI,
            guess(count, speakers),
            OPTIONS,
          );
          evidence.slice(1).forEach((value, i) => {
            // The floor under the priors is no part of the bound: it may cost a little.
            expect(value).toBeGreaterThan(evidence[i]! - 1e-4);
          });
          for (let row = 0; row < count; row += 1) {
            const sum = responsibilities.data
              .slice(row * speakers, (row + 1) * speakers)
              .reduce((a, b) => a + b, 0);
            expect(sum).toBeCloseTo(1, 12);
          }
          expect(priors.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it('cannot see the sign of a feature', () => {
    const features = twoSpeakers(20, 3);
    const flipped = { ...features, data: features.data.map((value, i) => (i % 3 === 0 ? -value : value)) };
    const plain = vbx(features, PHI, guess(20, 3), OPTIONS);
    expect(vbx(flipped, PHI, guess(20, 3), OPTIONS)).toEqual(plain);
  });

  it('stops when the evidence gains too little', () => {
    const features = twoSpeakers(40, 1);
    const patient = vbx(features, PHI, guess(40, 4), { ...OPTIONS, maxIterations: 500 });
    expect(patient.evidence.length).toBeLessThan(500);
    expect(vbx(features, PHI, guess(40, 4), { ...OPTIONS, maxIterations: 3 }).evidence).toHaveLength(3);
  });
});
