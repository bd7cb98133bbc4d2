import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  applyLinear,
  poolStatistics,
  runsOf,
  TrunkStatistics,
} from '../../../core/embedding/masked-pooling.ts';
import { expectArrayClose } from '../../support/close-to.ts';

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../golden/embedding/pooling.json'), 'utf8'),
) as { frames: number[][]; cases: { weights: number[]; statistics: number[] }[] };

const featureCount = golden.frames.length;
const frames = Float32Array.from(golden.frames.flat());

function poolAll(weights: readonly number[]): number[] {
  const out = new Float64Array(2 * featureCount);
  const statistics = new TrunkStatistics(frames, featureCount, weights.length);
  poolStatistics([{ statistics, runs: runsOf(Uint8Array.from(weights)) }], featureCount, out);
  return [...out];
}

describe('poolStatistics', () => {
  it.each(golden.cases)('gives the mean and deviation that the definition gives (case %#)', (golden) => {
    expectArrayClose(poolAll(golden.weights), golden.statistics, { maxAbs: 1e-12 }, 'statistics');
  });

  it('stays finite for a mask of one frame, where exports without epsilons do not', () => {
    expect(poolAll([0, 0, 0, 0, 1, 0, 0, 0, 0]).every(Number.isFinite)).toBe(true);
  });

  it('pools stretches as if they were one', () => {
    const cut = 4;
    const count = golden.frames[0]!.length;
    const part = (from: number, to: number) => ({
      statistics: new TrunkStatistics(
        Float32Array.from(golden.frames.flatMap((row) => row.slice(from, to))),
        featureCount,
        to - from,
      ),
      runs: runsOf(Uint8Array.from(golden.cases[0]!.weights.slice(from, to))),
    });
    const out = new Float64Array(2 * featureCount);
    poolStatistics([part(0, cut), part(cut, count)], featureCount, out);
    expectArrayClose([...out], golden.cases[0]!.statistics, { maxAbs: 1e-12 }, 'statistics');
  });
});

describe('runsOf', () => {
  it('gives half-open runs', () => {
    expect(runsOf(Uint8Array.of(1, 1, 0, 1, 0, 0, 1))).toEqual([0, 2, 3, 4, 6, 7]);
    expect(runsOf(new Uint8Array(3))).toEqual([]);
  });
});

describe('applyLinear', () => {
  it('multiplies rows of the weight with the input and adds the bias', () => {
    const out = new Float32Array(2);
    applyLinear(Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(10, 20), Float64Array.of(1, 0, -1), out);
    expect([...out]).toEqual([8, 18]);
  });
});
