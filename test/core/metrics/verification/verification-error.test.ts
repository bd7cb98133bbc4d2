import { describe, expect, it } from 'vitest';
import {
  minDetectionCost,
  type DetectionCost,
} from '../../../../core/metrics/verification/detection-cost.ts';
import {
  detectionCurve,
  detPoints,
  missRateAt,
} from '../../../../core/metrics/verification/detection-curve.ts';
import { optimalLogLikelihoodRatios } from '../../../../core/metrics/verification/log-likelihood-ratio-cost.ts';
import { verificationError } from '../../../../core/metrics/verification/verification-error.ts';
import { expectClose } from '../../../support/expect-close.ts';
import { goldenNumber, metricCases, type GoldenNumber } from '../../../support/golden-cases.ts';

type MinCost = {
  readonly normalised: number;
  readonly raw: number;
  readonly threshold: GoldenNumber;
  readonly missRate: number;
  readonly falseAlarmRate: number;
  readonly thresholdUnique: boolean;
};
type ActualCost = { readonly normalised: number; readonly threshold: number };
type VerificationCase = {
  readonly id: string;
  readonly targets: readonly number[];
  readonly nonTargets: readonly number[];
  readonly expected: {
    readonly eerNearestPoint: {
      readonly eer: number;
      readonly threshold: GoldenNumber;
      readonly missRate: number;
      readonly falseAlarmRate: number;
    };
    readonly eerLinear: number;
    readonly eerConvexHull: number;
    readonly minDcf001: MinCost;
    readonly minDcf005: MinCost;
    readonly actDcf001: ActualCost;
    readonly actDcf005: ActualCost;
    readonly cllr: number;
    readonly minCllr: number;
    readonly auc: number;
    readonly points?: readonly (readonly GoldenNumber[])[];
    readonly pavLlrTargets?: readonly GoldenNumber[];
    readonly pavLlrNonTargets?: readonly GoldenNumber[];
    readonly missRateAtFalseAlarm?: readonly (readonly [number, number])[];
  };
};

function expectNumbers(actual: readonly number[], expected: readonly GoldenNumber[], where: string): void {
  expect(actual.length, `${where}: count`).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    expectClose(actual[index]!, goldenNumber(value), `${where}[${index}]`);
  }
}

function expectMinCost(actual: DetectionCost, expected: MinCost, where: string): void {
  expectClose(actual.normalisedCost, expected.normalised, `${where}: normalised`);
  expectClose(actual.cost, expected.raw, `${where}: raw`);
  if (!expected.thresholdUnique) return;
  expectClose(actual.threshold, goldenNumber(expected.threshold), `${where}: threshold`);
  expectClose(actual.missRate, expected.missRate, `${where}: miss`);
  expectClose(actual.falseAlarmRate, expected.falseAlarmRate, `${where}: false alarm`);
}

describe('verificationError against scikit-learn and the definitions', () => {
  it.each(metricCases('metrics/verification/1') as readonly VerificationCase[])('$id', (golden) => {
    const { targets, nonTargets, expected } = golden;
    const actual = verificationError(targets, nonTargets, [0.01, 0.05]);
    const { nearestPoint } = actual.equalError;
    expectClose(actual.equalError.nearestPointRate, expected.eerNearestPoint.eer, 'EER, nearest point');
    expectClose(nearestPoint.threshold, goldenNumber(expected.eerNearestPoint.threshold), 'EER threshold');
    expectClose(nearestPoint.missRate, expected.eerNearestPoint.missRate, 'EER miss');
    expectClose(nearestPoint.falseAlarmRate, expected.eerNearestPoint.falseAlarmRate, 'EER false alarm');
    expectClose(actual.equalError.linearRate, expected.eerLinear, 'EER, linear');
    expectClose(actual.equalError.convexHullRate, expected.eerConvexHull, 'EER, convex hull');
    const [first, second] = actual.detectionCosts;
    expectMinCost(first!.min, expected.minDcf001, 'minDCF 0.01');
    expectMinCost(second!.min, expected.minDcf005, 'minDCF 0.05');
    expectClose(first!.actual.normalisedCost, expected.actDcf001.normalised, 'actDCF 0.01');
    expectClose(second!.actual.normalisedCost, expected.actDcf005.normalised, 'actDCF 0.05');
    expectClose(first!.actual.threshold, expected.actDcf001.threshold, 'threshold 0.01');
    expectClose(second!.actual.threshold, expected.actDcf005.threshold, 'threshold 0.05');
    expectClose(actual.logLikelihoodRatioCost, expected.cllr, 'Cllr');
    expectClose(actual.minLogLikelihoodRatioCost, expected.minCllr, 'minCllr');
    expectClose(actual.areaUnderCurve, expected.auc, 'AUC');
  });

  it.each(metricCases('metrics/verification/1') as readonly VerificationCase[])(
    '$id: curve and calibration',
    (golden) => {
      const { targets, nonTargets, expected } = golden;
      const curve = detectionCurve(targets, nonTargets);
      const ratios = optimalLogLikelihoodRatios(targets, nonTargets);
      if (expected.points) {
        const points = detPoints(curve).map((point) => [
          point.threshold,
          point.missRate,
          point.falseAlarmRate,
          point.missQuantile,
          point.falseAlarmQuantile,
        ]);
        expectNumbers(points.flat(), expected.points.flat(), 'points');
      }
      if (expected.pavLlrTargets) expectNumbers(ratios.targets, expected.pavLlrTargets, 'target ratios');
      if (expected.pavLlrNonTargets)
        expectNumbers(ratios.nonTargets, expected.pavLlrNonTargets, 'non-target ratios');
      for (const [rate, miss] of expected.missRateAtFalseAlarm ?? []) {
        expectClose(missRateAt(curve, rate), miss, `miss rate at ${rate}`);
      }
      expect(curve.at(-1)).toMatchObject({ missRate: 0, falseAlarmRate: 1 });
    },
  );
});

describe('verification metrics', () => {
  it.each([
    [[], [1]],
    [[1], []],
    [[1], [NaN]],
  ])('reject targets %j with non-targets %j', (targets, nonTargets) => {
    expect(() => verificationError(targets, nonTargets)).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });

  it.each([{ targetPrior: 0 }, { targetPrior: 1 }, { targetPrior: 0.5, missCost: 0 }])(
    'reject %j',
    (options) => {
      expect(() => minDetectionCost(detectionCurve([1], [0]), options)).toThrow(
        expect.objectContaining({ code: 'invalid_option' }),
      );
    },
  );
});
