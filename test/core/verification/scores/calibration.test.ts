import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  boundedLlr,
  CALIBRATION_METHOD,
  probabilityOf,
  readCalibration,
  unboundedLlr,
} from '../../../../core/verification/scores/calibration.ts';
import { shippedManifest } from '../../../../models/manifest.ts';

const calibration = { scale: 20, offset: -8, minLlr: -4, maxLlr: 6 };

describe('a calibration', () => {
  it('is a line between two bounds', () => {
    expect(unboundedLlr(calibration, 0.4)).toBe(0);
    expect(boundedLlr(calibration, 0.5)).toBe(2);
    expect(boundedLlr(calibration, 1)).toBe(6);
    expect(boundedLlr(calibration, -1)).toBe(-4);
  });

  it('never falls as the score rises', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1, max: 1, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (a, b) => {
          expect(boundedLlr(calibration, Math.max(a, b))).toBeGreaterThanOrEqual(
            boundedLlr(calibration, Math.min(a, b)),
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
    ['a falling line', { method: CALIBRATION_METHOD, parameters: { ...calibration, scale: -1 } }],
    ['no offset', { method: CALIBRATION_METHOD, parameters: { scale: 1, minLlr: -1, maxLlr: 1 } }],
    ['bounds on one side', { method: CALIBRATION_METHOD, parameters: { ...calibration, minLlr: 1 } }],
  ])('refuses %s', (_, entry) => {
    expect(() => readCalibration(entry, 'encoder')).toThrow(
      expect.objectContaining({ code: 'configuration_invalid' }),
    );
  });
});
