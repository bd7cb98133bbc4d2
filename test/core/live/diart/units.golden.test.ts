import { describe, expect, it } from 'vitest';
import { rttmOfTurns, TurnAccumulator } from '../../../../core/live/diart/accumulate-turns.ts';
import {
  DelayedAggregation,
  overlappingWindowCount,
  type AggregationStrategy,
} from '../../../../core/live/diart/delayed-aggregation.ts';
import { timedScores } from '../../../../core/live/diart/diart-clock.ts';
import { IncrementalClustering } from '../../../../core/live/diart/incremental-clustering.ts';
import {
  contiguousWindow,
  extentOf,
  firstFrameOf,
  framesWithin,
  type CroppingMode,
  type ScoreFrames,
} from '../../../../core/live/diart/score-frames.ts';
import { filePadding, slidingWindows } from '../../../../core/live/diart/sliding-windows.ts';
import { normalizeEmbeddings, speechWeights } from '../../../../core/live/diart/speech-weights.ts';
import { turnsOfScores } from '../../../../core/live/diart/turns-of-scores.ts';
import { assignLinear } from '../../../../core/math/linear-assignment.ts';
import { diartUnits } from '../../../support/diart-goldens.ts';

type Cases<T> = { readonly cases: readonly T[] };
type Rows = readonly (readonly (number | null)[])[];

const flat = (rows: Rows): number[] => rows.flat().map((value) => value ?? NaN);

describe('assignment', () => {
  type Case = { cost: number[][]; maximize: boolean; rows: number[]; cols: number[] };
  it('breaks ties as SciPy does, with costs of 1e10', () => {
    for (const { cost, maximize, rows, cols } of (diartUnits('assignment-ties') as Cases<Case>).cases) {
      const matrix = { data: Float64Array.from(cost.flat()), rows: cost.length, columns: cost[0]!.length };
      const ours = assignLinear(matrix, { maximize });
      expect([...ours.keys()].filter((row) => ours[row]! >= 0)).toEqual(rows);
      expect([...ours].filter((column) => column >= 0)).toEqual(cols);
    }
  });
});

describe('incremental clustering', () => {
  type Step = {
    segmentation: Rows;
    embeddings: Rows;
    map?: number[];
    permuted?: Rows;
    active?: number[];
    centers?: Record<string, number[]>;
    raises?: string;
  };
  type Case = {
    name: string;
    params: { tau: number; rho: number; delta: number; maxSpeakers: number; blocked?: number[] };
    steps: Step[];
  };
  const { cases } = diartUnits('clustering') as Cases<Case>;

  /** diart goes wrong or ends there; we refuse with a reason. */
  const isRefused = ({ params, steps }: Case): boolean =>
    steps[0]!.segmentation[0]!.length > params.maxSpeakers ||
    steps.some(({ raises }) => raises !== undefined);

  function run(
    sample: Case,
    check: (clustering: IncrementalClustering, step: Step, map: number[]) => void,
  ): void {
    const { tau, rho, delta, maxSpeakers, blocked = [] } = sample.params;
    const clustering = new IncrementalClustering({
      tauActive: tau,
      rhoUpdate: rho,
      deltaNew: delta,
      maxSpeakers,
    });
    sample.steps.forEach((step, index) => {
      if (index === 1) for (const speaker of blocked) clustering.block(speaker);
      const speakerCount = step.segmentation[0]!.length;
      const frames: ScoreFrames = {
        data: Float64Array.from(flat(step.segmentation)),
        frameCount: step.segmentation.length,
        speakerCount,
        window: contiguousWindow(0, 1),
      };
      const embeddings = {
        data: Float32Array.from(flat(step.embeddings)),
        rows: speakerCount,
        columns: step.embeddings[0]!.length,
      };
      const map = clustering.identify(frames, embeddings);
      const row = Array.from({ length: speakerCount }, () => -1);
      for (const [from, to] of map.assignments()) row[from] = to;
      check(clustering, step, row);
      expect([...map.apply(frames.data, frames.frameCount)]).toEqual(flat(step.permuted!));
    });
  }

  it.each(cases.filter((sample) => !isRefused(sample)).map((sample) => [sample.name, sample] as const))(
    '%s',
    (_, sample) => {
      run(sample, (clustering, step, map) => {
        expect(map).toEqual(step.map);
        expect([...clustering.knownSpeakers].sort((a, b) => a - b)).toEqual(step.active);
        // The recorder kept references: every step of a case lists the centres after its last one.
        if (step !== sample.steps.at(-1)) return;
        const { data, columns } = clustering.centres!;
        for (const [centre, values] of Object.entries(step.centers!)) {
          const ours = data.subarray(Number(centre) * columns, (Number(centre) + 1) * columns);
          values.forEach((value, i) => expect(ours[i]).toBeCloseTo(value, 5));
        }
      });
    },
  );

  it.each(cases.filter(isRefused).map((sample) => [sample.name, sample] as const))(
    'refuses what diart goes wrong on: %s',
    (_, sample) => {
      expect(() => run(sample, () => undefined)).toThrow(/^Expected /);
    },
  );
});

describe('delayed aggregation', () => {
  type Case = {
    frames: number;
    firstStart: number;
    cropping: CroppingMode;
    strategy: AggregationStrategy;
    latency: number;
    numWindows: number;
    outputs: { start: number; resolution: number; data: number[][] }[];
  };
  const { cases } = diartUnits('delayed-aggregation') as Cases<Case>;
  const named = cases.map((sample) => {
    const { strategy, cropping, latency, frames, firstStart } = sample;
    return [`${strategy}, ${cropping}, ${latency} s, ${frames} frames from ${firstStart} s`, sample] as const;
  });
  it.each(named)('%s', (_, sample) => {
    const { frames: frameCount, firstStart, cropping, strategy, latency, numWindows } = sample;
    const aggregation = new DelayedAggregation({
      stepSeconds: 0.5,
      latencySeconds: latency,
      strategy,
      cropping,
    });
    expect(aggregation.windowCount).toBe(numWindows);
    let held: ScoreFrames[] = [];
    sample.outputs.forEach((expected, chunk) => {
      const data = Float64Array.from({ length: frameCount * 2 }, (_, i) => {
        return ((7 * chunk + 3 * Math.floor(i / 2) + 5 * (i % 2)) % 11) / 10;
      });
      const window = contiguousWindow(firstStart + 0.5 * chunk, 2 / frameCount);
      held = [...held, { data, frameCount, speakerCount: 2, window }].slice(-numWindows);
      const told = aggregation.aggregate(held);
      expect(told.window.startSeconds).toBeCloseTo(expected.start, 12);
      expect(told.window.stepSeconds).toBeCloseTo(expected.resolution, 12);
      expect(told.data.length).toBe(expected.data.length * 2);
      expected.data.flat().forEach((value, i) => expect(told.data[i]).toBeCloseTo(value, 10));
    });
  });

  it('counts windows with halves to even', () => {
    type Count = { step: number; latency: number; numWindows: number };
    for (const { step, latency, numWindows } of (diartUnits('num-windows') as Cases<Count>).cases) {
      expect(overlappingWindowCount(step, latency), `${latency} / ${step}`).toBe(numWindows);
    }
  });

  it.each([0.4, 0, NaN])('refuses a latency of %d s with a step of 0.5 s', (latencySeconds) => {
    expect(() => new DelayedAggregation({ stepSeconds: 0.5, latencySeconds })).toThrow(/at least one step/);
  });
});

describe('regions', () => {
  type Config = {
    duration: number;
    frames: number;
    step: number;
    latency: number;
    frameCounts: number[];
    chunkStart: number[];
    extentEnd: number[];
    region: [number, number][];
    firstIndex: number[][];
    audioFirstIndex: number[];
  };
  const { configs } = diartUnits('crop-ranges') as { configs: Config[] };
  it.each(
    configs.map(
      (config) => [`${config.frames} frames, ${config.step} / ${config.latency} s`, config] as const,
    ),
  )('begin with the same frames and samples: %s', (_, config) => {
    const { duration, frames, latency, step } = config;
    const sampleCount = Math.round(duration * 16_000);
    const windows = config.chunkStart.map(
      (startSeconds) => timedScores(new Float32Array(frames), 1, { startSeconds, sampleCount }).window,
    );
    const windowCount = overlappingWindowCount(step, latency);
    windows.forEach((window, index) => {
      const { endSeconds } = extentOf(window, frames);
      expect(endSeconds).toBe(config.extentEnd[index]);
      const [start, end] = [endSeconds - latency, endSeconds - latency + step];
      expect([start, end]).toEqual(config.region[index]);
      const held = windows.slice(Math.max(0, index - windowCount + 1), index + 1);
      expect(held.map((each) => firstFrameOf(each, start, 'loose'))).toEqual(config.firstIndex[index]);
      expect(config.frameCounts).toContain(framesWithin(window, end - start, 'loose'));
      const oldest = config.chunkStart[Math.max(0, index - windowCount + 1)]!;
      const audio = contiguousWindow(oldest, 1 / 16_000);
      const audioStart = extentOf(
        contiguousWindow(config.chunkStart[index]!, 1 / 16_000),
        sampleCount,
      ).endSeconds;
      expect(firstFrameOf(audio, audioStart - latency, 'center')).toBe(config.audioFirstIndex[index]);
    });
  });
});

describe('turns of scores', () => {
  type Case = {
    name: string;
    threshold: number;
    start: number;
    resolution: number;
    scores: number[][];
    turns: [number, number, string][];
  };
  it.each((diartUnits('binarize') as Cases<Case>).cases)(
    '$name',
    ({ threshold, start, resolution, scores, turns }) => {
      const ours = turnsOfScores(
        {
          data: Float64Array.from(scores.flat()),
          frameCount: scores.length,
          speakerCount: scores[0]!.length,
          window: contiguousWindow(start, resolution),
        },
        threshold,
      );
      expect(ours.map((turn) => [turn.startSeconds, turn.endSeconds, `speaker${turn.speaker}`])).toEqual(
        turns,
      );
    },
  );
});

describe('accumulated turns', () => {
  type Case = { name: string; steps: [number, number, number][][]; rttm: string };
  it.each((diartUnits('accumulator') as Cases<Case>).cases)('$name', ({ steps, rttm }) => {
    const accumulator = new TurnAccumulator();
    for (const turns of steps) {
      accumulator.add(
        turns.map(([startSeconds, endSeconds, speaker]) => ({ startSeconds, endSeconds, speaker })),
      );
    }
    expect(rttmOfTurns(accumulator.merged(), 'uri')).toBe(rttm);
  });
});

describe('weights and norms of embeddings', () => {
  type Weights = { gamma: number; beta: number; normalize: boolean; weights: number[][] };
  const golden = diartUnits('overlapped-speech-penalty') as Cases<Weights> & { segmentation: number[][] } & {
    constantSegmentation: number[][];
    constantCases: Weights[];
  };

  it('lower overlap and doubt as diart does', () => {
    const pairs = [
      ...golden.cases.map((sample) => [golden.segmentation, sample] as const),
      ...golden.constantCases.map((sample) => [golden.constantSegmentation, sample] as const),
    ];
    for (const [scores, { gamma, beta, normalize, weights }] of pairs) {
      const speakerCount = scores[0]!.length;
      const ours = speechWeights(Float32Array.from(scores.flat()), speakerCount, { gamma, beta, normalize });
      weights.flat().forEach((value, i) => {
        expect(Math.abs(ours[i]! - value), `${gamma}, ${beta}, ${normalize}`).toBeLessThan(1e-6);
      });
    }
  });

  it('have no epsilon', () => {
    type Golden = { input: Rows; norm1: Rows; normPerSpeaker: { norms: number[]; result: Rows } };
    const { input, norm1, normPerSpeaker } = diartUnits('embedding-normalization') as Golden;
    const values = Float32Array.from(flat(input));
    const expectSame = (ours: Float32Array, expected: Rows): void => {
      flat(expected).forEach((value, i) => {
        if (Number.isNaN(value)) expect(ours[i]).toBeNaN();
        else expect(ours[i]).toBeCloseTo(value, 6);
      });
    };
    expectSame(normalizeEmbeddings(values, 3), norm1);
    expectSame(normalizeEmbeddings(values, 3, normPerSpeaker.norms), normPerSpeaker.result);
  });
});

describe('the windows of a stream', () => {
  it('are padded as diart pads files', () => {
    type Case = {
      file: number;
      latency: number;
      step: number;
      duration: number;
      right: number;
      left: number;
    };
    for (const { file, latency, step, duration, right, left } of (diartUnits('padding') as Cases<Case>)
      .cases) {
      const options = { stepSeconds: step, durationSeconds: duration };
      expect(filePadding(file, latency, options)).toEqual({ rightSeconds: right, leftSeconds: left });
    }
  });

  type Case = {
    name: string;
    duration: number;
    step: number;
    sampleRate: number;
    blocks: number[];
    emitted: [number, number, number, number, number][];
  };
  it.each((diartUnits('rearrange-audio-stream') as Cases<Case>).cases)(
    'hold the same samples, and more of them where diart leaves steps in its queue: $name',
    async ({ duration, step, sampleRate, blocks, emitted }) => {
      const windows: Float32Array[] = [];
      const starts: number[] = [];
      const options = { durationSeconds: duration, stepSeconds: step, sampleRate };
      for await (const { samples, startSeconds } of slidingWindows(countingUp(blocks), options)) {
        windows.push(samples);
        starts.push(startSeconds);
      }
      expect(windows.length).toBeGreaterThanOrEqual(emitted.length);
      emitted.forEach(([, , count, first, last], index) => {
        expect([windows[index]!.length, windows[index]![0], windows[index]!.at(-1)]).toEqual([
          count,
          first,
          last,
        ]);
        // A true start: sample over rate, where diart adds up steps.
        expect(starts[index]).toBe(first / sampleRate);
      });
    },
  );
});

// eslint-disable-next-line @typescript-eslint/require-await
async function* countingUp(blocks: readonly number[]): AsyncGenerator<Float32Array> {
  let next = 0;
  for (const length of blocks) yield Float32Array.from({ length }, () => next++);
}
