import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HysteresisOptions } from '../../../core/vad/hysteresis-options.ts';
import { segmentSpeech, SpeechSegmenter } from '../../../core/vad/hysteresis.ts';
import { goldenPath } from '../../support/front-end-goldens.ts';
import { readFloat32 } from '../../support/npy.ts';

/** Parameters of `get_speech_timestamps`, as the golden files name them. */
type SileroParameters = {
  readonly threshold?: number;
  readonly neg_threshold?: number | null;
  readonly min_speech_duration_ms?: number;
  readonly max_speech_duration_s?: number | null;
  readonly min_silence_duration_ms?: number;
  readonly speech_pad_ms?: number;
  readonly min_silence_at_max_speech?: number;
  readonly use_max_poss_sil_at_max_speech?: boolean;
};

function optionsOf(parameters: SileroParameters): Partial<HysteresisOptions> {
  const p = parameters;
  return {
    ...(p.threshold === undefined ? {} : { onset: p.threshold }),
    ...(typeof p.neg_threshold === 'number' ? { offset: p.neg_threshold } : {}),
    ...(p.min_speech_duration_ms === undefined ? {} : { minSpeechSeconds: p.min_speech_duration_ms / 1000 }),
    ...(typeof p.max_speech_duration_s === 'number' ? { maxSpeechSeconds: p.max_speech_duration_s } : {}),
    ...(p.min_silence_duration_ms === undefined
      ? {}
      : { minSilenceSeconds: p.min_silence_duration_ms / 1000 }),
    ...(p.speech_pad_ms === undefined ? {} : { speechPadSeconds: p.speech_pad_ms / 1000 }),
    ...(p.min_silence_at_max_speech === undefined
      ? {}
      : { minCutSilenceSeconds: p.min_silence_at_max_speech / 1000 }),
    ...(p.use_max_poss_sil_at_max_speech === false ? { cutAt: 'last-silence' as const } : {}),
  };
}

type SegmentsFile = {
  readonly defaults: SileroParameters;
  readonly parameterSets: Readonly<Record<string, SileroParameters>>;
  readonly files: Readonly<
    Record<
      string,
      {
        readonly samples: number;
        readonly probabilities: string;
        readonly segments: Readonly<Record<string, readonly { start: number; end: number }[]>>;
      }
    >
  >;
};

const golden = JSON.parse(readFileSync(goldenPath('silero-vad/segments.json'), 'utf8')) as SegmentsFile;
const goldenCases = Object.entries(golden.files).flatMap(([name, file]) =>
  Object.keys(file.segments).map((set) => ({ name, set, file })),
);

type RandomCase = {
  readonly parameters: SileroParameters;
  readonly samples: number;
  readonly probabilities: readonly number[];
  readonly segments: readonly (readonly [number, number])[];
};

const randomCases = (
  JSON.parse(
    readFileSync(
      join(import.meta.dirname, '../../golden/front-ends/silero-vad/random-segments.json'),
      'utf8',
    ),
  ) as { cases: RandomCase[] }
).cases;

describe('segmentSpeech', () => {
  it.each(goldenCases)('cuts $name exactly as silero-vad with the parameters "$set"', ({ file, set }) => {
    const options = optionsOf({ ...golden.defaults, ...golden.parameterSets[set] });
    const segments = segmentSpeech(readFloat32(goldenPath(file.probabilities)), file.samples, options);
    expect(segments.map(({ startSample, endSample }) => ({ start: startSample, end: endSample }))).toEqual(
      file.segments[set],
    );
  });

  it('cuts random probabilities exactly as silero-vad with random parameters', () => {
    for (const [index, { parameters, samples, probabilities, segments }] of randomCases.entries()) {
      const actual = segmentSpeech(probabilities, samples, optionsOf(parameters));
      expect(
        actual.map(({ startSample, endSample }) => [startSample, endSample]),
        `case ${index}`,
      ).toEqual(segments);
    }
  });

  it('finds nothing in nothing and in silence', () => {
    expect(segmentSpeech([], 0)).toEqual([]);
    expect(segmentSpeech(new Float32Array(100), 51_200)).toEqual([]);
  });
});

describe('SpeechSegmenter', () => {
  it('gives a segment as soon as the silence behind it is longer than both paddings', () => {
    const segmenter = new SpeechSegmenter({ speechPadSeconds: 0.064, minSilenceSeconds: 0.032 });
    const given = [...new Array<number>(10).fill(0.9), ...new Array<number>(8).fill(0)].map((probability) =>
      segmenter.push(probability),
    );
    // Speech ends at chunk 10; four chunks of silence are as long as two paddings of two chunks.
    expect(given.findIndex((segments) => segments.length > 0)).toBe(14);
    expect(given.flat()).toEqual([{ startSample: 0, endSample: 12 * 512 }]);
    expect(segmenter.finish(18 * 512)).toEqual([]);
  });

  it('refuses thresholds that are no probabilities and negative lengths', () => {
    for (const options of [{ onset: 1.5 }, { onset: NaN }, { offset: -0.1 }, { minSpeechSeconds: -1 }]) {
      expect(() => new SpeechSegmenter(options)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
    }
  });
});
