import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { designKWeighting, powerResponse, type Biquad } from '../../../core/loudness/k-weighting.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { goldenPath } from '../../support/front-end-goldens.ts';

type Stage = { readonly b: readonly number[]; readonly a: readonly number[] };
type Golden = {
  readonly filters: {
    readonly bs1770Table48k: readonly Stage[];
    readonly coefficients: Readonly<Record<string, { readonly DeMan: readonly Stage[] }>>;
  };
  readonly calibrationSines: Readonly<Record<string, unknown>>;
  readonly tolerance: { readonly filterCoefficients: number };
};

const golden = JSON.parse(readFileSync(goldenPath('loudness/loudness.json'), 'utf8')) as Golden;

const coefficientsOf = ({ b0, b1, b2, a1, a2 }: Biquad): number[] => [b0, b1, b2, 1, a1, a2];

function expectStages(sampleRate: number, stages: readonly Stage[]): void {
  const { shelf, highPass } = designKWeighting(sampleRate);
  for (const [index, filter] of [shelf, highPass].entries()) {
    const { b, a } = stages[index]!;
    expectArrayClose(coefficientsOf(filter), [...b, ...a], { maxAbs: golden.tolerance.filterCoefficients });
  }
}

describe('designKWeighting', () => {
  it('gives the table of BS.1770 at 48 kHz', () => {
    expectStages(48_000, golden.filters.bs1770Table48k);
    expect(designKWeighting(48_000).calibration).toBe(1);
  });

  it.each(Object.entries(golden.filters.coefficients))(
    'equals the design of De Man at %s Hz',
    (rate, { DeMan }) => {
      expectStages(Number(rate), DeMan);
    },
  );

  it.each([8000, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000])(
    'lets a 997 Hz tone at full scale read -3.01 LKFS at %i Hz',
    (sampleRate) => {
      const { shelf, highPass, calibration } = designKWeighting(sampleRate);
      const gain =
        powerResponse(shelf, 997 / sampleRate) * powerResponse(highPass, 997 / sampleRate) * calibration;
      expect(-0.691 + 10 * Math.log10(0.5 * gain)).toBeCloseTo(-3.0103, 4);
    },
  );

  it('refuses what is no sample rate for audio', () => {
    for (const sampleRate of [0, -1, NaN, 1, 1e9]) {
      expect(() => designKWeighting(sampleRate)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
    }
  });
});
