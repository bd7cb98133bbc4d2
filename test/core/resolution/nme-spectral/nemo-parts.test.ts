import { describe, expect, it } from 'vitest';
import { neighbourNumbers } from '../../../../core/resolution/nme-spectral/eigengap-search.ts';
import { joinTouching, meetHalfway } from '../../../../core/resolution/nme-spectral/label-turns.ts';
import { joinRegionsLikeNemo } from '../../../../core/resolution/nme-spectral/speech-regions.ts';
import { cutDuration } from '../../../../core/resolution/nme-spectral/sub-segments.ts';
import { TorchRandom } from '../../../../core/resolution/nme-spectral/torch-random.ts';
import { nemoCases } from '../../../support/nemo-goldens.ts';

type Pairs = readonly (readonly [number, number])[];
const segmentsOf = (pairs: Pairs) =>
  pairs.map(([startSeconds, endSeconds]) => ({ startSeconds, endSeconds }));

it('joins speech regions as merge_float_intervals', () => {
  for (const { input, output } of nemoCases('merge-regions') as readonly {
    input: { ranges: Pairs };
    output: { merged: Pairs };
  }[]) {
    expect(joinRegionsLikeNemo(segmentsOf(input.ranges))).toEqual(segmentsOf(output.merged));
  }
});

it('cuts regions as get_subsegments_scriptable', () => {
  type Case = {
    input: { window: number; shift: number; regions: Pairs };
    output: { subsegments: readonly Pairs[] };
  };
  for (const { input, output } of nemoCases('subsegments') as readonly Case[]) {
    const scale = { windowSeconds: input.window, shiftSeconds: input.shift };
    input.regions.forEach(([offset, duration], index) => {
      const cut = cutDuration(offset, duration, scale);
      expect(cut.map(({ startSeconds, durationSeconds }) => [startSeconds, durationSeconds])).toEqual(
        output.subsegments[index],
      );
    });
  }
});

it('tries the numbers of neighbours of getPvalueList', () => {
  type Case = {
    input: { volume: number; thresholds: number[]; n: number[] };
    output: { lists: readonly number[][] };
  };
  for (const { input, output } of nemoCases('p-values') as readonly Case[]) {
    const lists = input.n.flatMap((size) =>
      input.thresholds.map((maxNeighbourShare) =>
        neighbourNumbers(size, {
          maxNeighbourShare,
          searchSteps: input.volume,
          maxSpeakers: 8,
          sampleSize: 512,
          majorityCount: false,
        }),
      ),
    );
    expect(lists).toEqual(output.lists);
  }
});

describe('torch draws', () => {
  type Draw = { mean: number[]; noise: number[]; sums: [number, number] };
  type Case = {
    seed: number;
    randint_7_80_1000: number[];
    rand30_after_randint: number[];
    anchor_draws: Record<string, Draw[]>;
  };
  const cases = nemoCases('random-draws') as unknown[] as Case[];
  const ends = (values: Float32Array): number[] => [...values.slice(0, 4), ...values.slice(-4)];
  const sumOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0);

  for (const golden of cases) {
    it(`from seed ${golden.seed}`, () => {
      const random = new TorchRandom(golden.seed);
      expect([7, 80, 1000].map((below) => random.integer(below))).toEqual(golden.randint_7_80_1000);
      const anew = new TorchRandom(golden.seed);
      anew.integer(7);
      expect([...anew.uniform(30)]).toEqual(golden.rand30_after_randint);
      for (const [dimension, draws] of Object.entries(golden.anchor_draws)) {
        const normal = new TorchRandom(golden.seed);
        for (const draw of draws) {
          const mean = normal.normal(Number(dimension));
          const noise = normal.normal(10 * Number(dimension));
          [...ends(mean), ...ends(noise)].forEach((value, index) => {
            expect(Math.abs(value - [...draw.mean, ...draw.noise][index]!)).toBeLessThan(5e-7);
          });
          expect(sumOf(mean)).toBeCloseTo(draw.sums[0], 4);
          expect(sumOf(noise)).toBeCloseTo(draw.sums[1], 3);
        }
      }
    });
  }
});

it('turns labels into turns', () => {
  type Case = {
    input: { ranges: Pairs; labels: number[] };
    output: { contiguous: string[]; turns: string[] };
  };
  const lines = (segments: ReturnType<typeof meetHalfway>): string[] =>
    segments.map(
      ({ startSeconds, endSeconds, cluster }) =>
        `${python(startSeconds)} ${python(endSeconds)} speaker_${cluster}`,
    );
  for (const { input, output } of nemoCases('turns') as readonly Case[]) {
    const labelled = input.ranges.map(([start, end], index) => ({
      startSeconds: Math.fround(start),
      endSeconds: Math.fround(end),
      cluster: input.labels[index]!,
    }));
    const met = meetHalfway(labelled);
    expect(lines(met)).toEqual(output.contiguous);
    expect(lines(joinTouching(met))).toEqual(output.turns);
  }
});

/** Python's `str` of a float of ordinary size. */
function python(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}
