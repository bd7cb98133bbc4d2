import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openAudio } from '../../../core/audio/decode.ts';
import type { DiarizationModels } from '../../../core/diarization/diarization-models.ts';
import { diarize } from '../../../core/diarization/diarize.ts';
import { checkPart, observeRecordingPart } from '../../../core/diarization/observe-recording-part.ts';
import { DIARIZATION_PRESETS } from '../../../core/diarization/presets.ts';
import { resolveRecording } from '../../../core/diarization/resolve-recording.ts';
import { joinObservations } from '../../../core/observation/join-observations.ts';
import { decodeObservations, encodeObservations } from '../../../core/observation/observations-file.ts';
import { planPart } from '../../../core/observation/recording-part.ts';
import type { AudioStream } from '../../../core/audio/waveform.ts';
import { openEmbeddedDiarization } from '../../support/diarization-recordings.ts';
import { tinyObservations } from '../../support/tiny-observations.ts';

const now = (): number => performance.now() / 1000;
const SAMPLES = join(import.meta.dirname, '../../../samples');

/** Two recordings of the repository, one after the other: 158 s. */
async function* blocks(): AsyncGenerator<Float32Array> {
  for (const name of ['library', 'two-speakers'])
    yield* (await openAudio({ path: join(SAMPLES, `${name}.wav`) })).blocks;
}
const recording = (): AudioStream => ({
  blocks: blocks(),
  expectedSeconds: undefined,
  sourceSampleRate: 16_000,
  sourceChannels: 1,
  close: () => Promise.resolve(),
});

describe('parts of a recording', () => {
  let models: DiarizationModels;
  beforeAll(async () => {
    models = await openEmbeddedDiarization('embedded');
  });

  it('are observed as in the whole, to the last bit, and resolved as the whole', async () => {
    const whole = await diarize(recording(), models, {}, { now });
    const parts = [
      await observeRecordingPart(recording(), models, { fromSeconds: 93 }, { now }),
      await observeRecordingPart(recording(), models, { fromSeconds: 0, toSeconds: 93 }, { now }),
    ];
    expect(parts.map(({ firstChunk, isLast }) => [firstChunk, isLast])).toEqual([
      [93, true],
      [0, false],
    ]);
    const origin = {
      preset: 'embedded',
      models: models.uses.map(({ id, task }) => ({ id, task })),
      provider: '',
    };
    const files = parts.map(({ observations, ...part }) =>
      Buffer.concat(encodeObservations(observations, origin, part)),
    );
    const { observations } = decodeObservations(...files);
    expect(observations).toEqual(whole.observations);
    const { turns } = resolveRecording(observations, models.preset, {}, models.clustering).result;
    expect(turns).toEqual(whole.result.turns);
    expect(() => decodeObservations(files[1]!)).toThrow(/nothing is there from 93 s on/);
  });

  it('that are none are refused, before or when the recording is known', async () => {
    const behind = observeRecordingPart(recording(), models, { fromSeconds: 500 }, { now });
    await expect(behind).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringMatching(/500 s is behind the end.*158\.\d+ s long/) as string,
    });
    for (const [fromSeconds, toSeconds] of [
      [0.5, undefined],
      [-1, 5],
      [10, 10],
      [0, 7.25],
    ] as const)
      expect(() => planPart({ fromSeconds, toSeconds }, 16_000)).toThrow(/multiple of 1 s/);
    const scales = Object.values(DIARIZATION_PRESETS).find(({ encoder }) => encoder.kind === 'scales')!;
    expect(() => checkPart(scales, { fromSeconds: 0 })).toThrow(/whole recording/);
  });
});

describe('joining', () => {
  const part = (firstChunk: number, chunks: number, isLast = false) => ({
    firstChunk,
    isLast,
    observations: tinyObservations(Array.from({ length: chunks }, () => [])),
  });

  it.each([
    ['a hole', [part(0, 3), part(4, 2, true)], /from 15 to 20 s/],
    ['no beginning', [part(2, 3, true)], /from 0 to 10 s/],
    ['no end', [part(0, 3), part(3, 2)], /from 25 s on/],
    ['a part twice', [part(0, 3), part(0, 3), part(3, 2, true)], /two parts hold 0 s/],
    [
      'other vectors',
      [
        part(0, 3),
        { ...part(3, 2, true), observations: { ...tinyObservations([[], []]), embeddingDimension: 7 } },
      ],
      /embeddingDimension/,
    ],
  ])('parts with %s is refused', (_, parts, message) => {
    expect(() => joinObservations(parts)).toThrow(message);
  });

  it('takes a last part without a chunk: a recording may end in the window of the part before', () => {
    const joined = joinObservations([part(3, 0, true), part(0, 3)]);
    expect(joined.chunkCount).toBe(3);
  });
});
