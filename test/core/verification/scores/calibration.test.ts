import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundedLlr,
  CALIBRATION_METHODS,
  probabilityOf,
  readCalibration,
  shortnessOf,
  unboundedLlr,
} from '../../../../core/verification/scores/calibration.ts';
import { shippedManifest } from '../../../../models/manifest.ts';

const [AFFINE, BY_DURATION, BY_CONDITION] = CALIBRATION_METHODS;
const BY_LENGTH = { scaleByShortness: 1, offsetByShortness: 1 };
const calibration = { scale: 20, offset: -8, minLlr: -4, maxLlr: 6 };

describe('a calibration', () => {
  it('is a line between two bounds', () => {
    expect(unboundedLlr(calibration, 0.4, { shortness: 1 })).toBe(0);
    expect(boundedLlr(calibration, 0.5, { shortness: 1 })).toBe(2);
    expect(boundedLlr(calibration, 1, { shortness: 1 })).toBe(6);
    expect(boundedLlr(calibration, -1, { shortness: 1 })).toBe(-4);
  });

  it('is another line for short speech where the encoder says so', () => {
    const byDuration = { ...calibration, scaleByShortness: -5, offsetByShortness: 3 };
    expect(unboundedLlr(byDuration, 0.5, { shortness: shortnessOf(1, 1) })).toBe(15 * 0.5 - 5);
    expect(unboundedLlr(byDuration, 0.5, { shortness: shortnessOf(1, 4) })).toBeCloseTo(
      (20 - 3.125) * 0.5 - 8 + 1.875,
      12,
    );
    // What is shorter or longer than anything that it was fitted on counts as that.
    expect(shortnessOf(0.1, 0.75)).toBe(shortnessOf(1, 1));
    expect(shortnessOf(3600, 15)).toBe(shortnessOf(5, 60));
  });

  it('bends with the length, and is higher between two recording conditions', () => {
    const bent = {
      ...{ ...calibration, scaleByShortness: 2, offsetByShortness: 3 },
      ...{ scaleBySquaredShortness: -4, offsetBySquaredShortness: -1, offsetByConditionDistance: 6 },
    };
    expect(unboundedLlr(bent, 0.5, { shortness: 0.5 })).toBeCloseTo((20 + 1 - 1) * 0.5 - 8 + 1.5 - 0.25, 12);
    expect(unboundedLlr(bent, 0.5, { shortness: 0.5, conditionDistance: 0.25 })).toBeCloseTo(
      10 - 6.75 + 1.5,
      12,
    );
  });

  it('never falls as the score rises', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (a, b) => {
          expect(boundedLlr(calibration, Math.max(a, b), { shortness: 0.2 })).toBeGreaterThanOrEqual(
            boundedLlr(calibration, Math.min(a, b), { shortness: 0.2 }),
          );
        },
      ),
    );
  });

  it('gives probabilities at equal prior odds', () => {
    expect(probabilityOf(0)).toBe(0.5);
    expect(probabilityOf(Math.log(99))).toBeCloseTo(0.99, 12);
    expect(probabilityOf(-800)).toBe(0);
  });
});

describe('readCalibration', () => {
  it('reads every calibration of the manifest', () => {
    const calibrated = shippedManifest().models.filter((model) => model.calibration !== undefined);
    expect(calibrated.map(({ id }) => id)).toContain('ge2e');
    for (const { id, calibration: entry } of calibrated)
      expect(readCalibration(entry!, id).scale).toBeGreaterThan(0);
  });

  it.each([
    ['another method', { method: 'isotonic', parameters: calibration }],
    ['a falling line', { method: AFFINE, parameters: { ...calibration, scale: -1 } }],
    ['no offset', { method: AFFINE, parameters: { scale: 1, minLlr: -1, maxLlr: 1 } }],
    ['no parameters by length', { method: BY_DURATION, parameters: calibration }],
    [
      'a line that falls for short speech',
      {
        method: BY_DURATION,
        parameters: { ...calibration, scaleByShortness: -30, offsetByShortness: 0 },
      },
    ],
    ['no parameters by condition', { method: BY_CONDITION, parameters: { ...calibration, ...BY_LENGTH } }],
    ['bounds on one side', { method: AFFINE, parameters: { ...calibration, minLlr: 1 } }],
  ])('refuses %s', (_, entry) => {
    expect(() => readCalibration(entry, 'encoder')).toThrow(
      expect.objectContaining({ code: 'model_shape_mismatch' }),
    );
  });
});
