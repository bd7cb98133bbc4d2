import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { normalQuantile } from '../../../core/math/normal-quantile.ts';
import { expectClose } from '../../support/expect-close.ts';

const path = new URL('../../golden/metrics/normal-quantile.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
  cases: [probability: number, quantile: number][];
};

it('equals the quantiles of Python to the last digits', () => {
  for (const [probability, quantile] of cases) {
    expectClose(normalQuantile(probability), quantile, `quantile of ${probability}`, 1e-14);
  }
});

it('is infinite at the ends', () => {
  expect(normalQuantile(0)).toBe(-Infinity);
  expect(normalQuantile(1)).toBe(Infinity);
});
