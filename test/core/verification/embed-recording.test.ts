import { describe, expect, it } from 'vitest';
import { openAudio } from '../../../core/audio/decode.ts';
import type { UtteranceEncoder } from '../../../core/embedding/utterance-encoder.ts';
import { embedRecording, type EmbedRecordingOptions } from '../../../core/verification/embed-recording.ts';
import { labelAllSpeech } from '../../../core/verification/speech/labeled-audio.ts';
import { cosineOf, expectArrayClose } from '../../support/close-to.ts';
import { goldenInput, goldenItems, goldenPath } from '../../support/front-end-goldens.ts';
import { readFloat32 } from '../../support/npy.ts';
import { cutAt, joined, noise, sine } from '../../support/signals.ts';
import { openSpeakerModelsForTests } from '../../support/speaker-models.ts';
import { MISSING } from '../../support/shared.ts';

const models = await openSpeakerModelsForTests();
const SAMPLE = 'samples/two-speakers.wav';

// eslint-disable-next-line @typescript-eslint/require-await
async function* stream(...blocks: Float32Array[]): AsyncGenerator<Float32Array> {
  yield* blocks;
}

async function embedFile(path: string, options: Partial<EmbedRecordingOptions> = {}) {
  return embedRecording((await openAudio({ path })).blocks, models, options);
}

/** The first speaker of the sample speaks alone there. */
const ALONE = { range: { startSeconds: 0, endSeconds: 8 } };

describe('embedRecording', () => {
  it.for(goldenItems(/^ge2e\/embedding-.*-constant\.npy$/))(
    'equals Resemblyzer where all is speech: $file',
    async (item, { skip }) => {
      const samples = goldenInput(item.input!) ?? skip(MISSING);
      const options = { limits: { minLevelDbfs: -200 } };
      const { embedding } = await embedRecording(
        stream(...cutAt(samples, [100, 5000])),
        { encoder: models.encoder, labeler: labelAllSpeech },
        options,
      );
      expectArrayClose(
        embedding,
        readFloat32(goldenPath(item.file)),
        { maxAbs: 1e-4, minCosine: 0.99999 },
        item.file,
      );
    },
  );

  it('gives the same however the recording is cut into blocks', async () => {
    const blocks: Float32Array[] = [];
    for await (const block of (await openAudio({ path: SAMPLE })).blocks) blocks.push(block);
    const samples = joined(...blocks).subarray(0, 8 * 16_000);
    const whole = await embedRecording(stream(samples), models);
    const pieces = await embedRecording(stream(...cutAt(samples, [7, 12_345, 60_000])), models);
    expect(pieces).toEqual(whole);
  });

  it('has unit length, or the length that the network gives', async () => {
    const { embedding } = await embedFile(SAMPLE, ALONE);
    const plain = (await embedFile(SAMPLE, { ...ALONE, normalize: false })).embedding;
    const length = (vector: Float32Array) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    expect(length(embedding)).toBeCloseTo(1, 6);
    expect(length(plain)).toBeLessThan(0.999);
    expect(cosineOf(embedding, plain)).toBeCloseTo(1, 6);
  });

  it('gives windows with their times in the recording', async () => {
    const { windows } = await embedFile(SAMPLE, { range: { startSeconds: 2, endSeconds: 8 } });
    expect(windows.length).toBeGreaterThan(3);
    for (const [index, { startSeconds, endSeconds, embedding }] of windows.entries()) {
      expect(startSeconds).toBeGreaterThanOrEqual(windows[index - 1]?.startSeconds ?? 2);
      expect(endSeconds).toBeGreaterThan(startSeconds);
      expect(endSeconds).toBeLessThanOrEqual(8);
      expect(embedding).toHaveLength(256);
    }
  });

  it('hears long recordings piece by piece, each weighing what it has of speech', async () => {
    const heard: number[] = [];
    const counting: UtteranceEncoder = {
      modelId: 'counting',
      dimension: 2,
      stretchSamples: 16_000,
      embed: (samples) => {
        heard.push(samples.length);
        const mean = samples[0]! > 0 ? Float64Array.of(1, 0) : Float64Array.of(0, 1);
        return Promise.resolve({ mean, windows: [] });
      },
    };
    const blocks = [
      new Float32Array(16_000).fill(0.1),
      new Float32Array(16_000).fill(0.1),
      new Float32Array(20_000).fill(-0.1),
    ];
    const { embedding } = await embedRecording(
      stream(...blocks),
      { encoder: counting, labeler: labelAllSpeech },
      { normalize: false },
    );
    expect(heard).toEqual([16_000, 16_000, 20_000]);
    expectArrayClose(embedding, [32_000 / 52_000, 20_000 / 52_000], { maxAbs: 1e-6 });
  });

  it.each([
    ['silence', new Float32Array(5 * 16_000), 'insufficient_speech'],
    ['noise', noise(5 * 16_000, { amplitude: 0.1 }), 'insufficient_speech'],
    ['a tone', sine(440, 5, { amplitude: 0.3 }), 'insufficient_speech'],
    ['nothing', new Float32Array(0), 'insufficient_speech'],
  ])('refuses %s', async (_, samples, code) => {
    await expect(embedRecording(stream(samples), models)).rejects.toMatchObject({ code });
    await expect(embedRecording(stream(samples), models, { poorQuality: 'report' })).rejects.toMatchObject({
      code,
    });
  });

  it('refuses 0.2 s of speech', async () => {
    await expect(embedFile(SAMPLE, { range: { startSeconds: 3, endSeconds: 3.2 } })).rejects.toMatchObject({
      code: 'insufficient_speech',
    });
  });

  it('refuses two people in turn unless told to accept them, and then says so', async () => {
    const range = { startSeconds: 3, endSeconds: 13 };
    await expect(embedFile(SAMPLE, { range })).rejects.toMatchObject({
      code: 'poor_quality',
      details: { reasons: ['several_speakers'] },
    });
    const { quality } = await embedFile(SAMPLE, { range, poorQuality: 'report' });
    expect(quality.reasons).toEqual(['several_speakers']);
  });

  it('refuses two people at once', async () => {
    const blocks: Float32Array[] = [];
    for await (const block of (await openAudio({ path: SAMPLE })).blocks) blocks.push(block);
    const samples = joined(...blocks);
    const [first, second] = [samples.subarray(0, 5 * 16_000), samples.subarray(10 * 16_000, 15 * 16_000)];
    const both = first.map((value, index) => 0.5 * (value + second[index]!));
    await expect(
      embedRecording(stream(both), models, { limits: { maxOverlapShare: 0.2 } }),
    ).rejects.toMatchObject({
      code: 'poor_quality',
    });
  });

  it.each([
    ['reversed', { startSeconds: 3, endSeconds: 2 }],
    ['outside', { startSeconds: 500 }],
  ])('refuses a range that is %s', async (_, range) => {
    await expect(embedFile(SAMPLE, { range })).rejects.toMatchObject({ code: 'invalid_option' });
  });

  it('ends when it is stopped', async () => {
    const abort = new AbortController();
    abort.abort();
    const { blocks } = await openAudio({ path: SAMPLE });
    await expect(embedRecording(blocks, models, {}, { signal: abort.signal })).rejects.toMatchObject({
      code: 'canceled',
    });
  });

  it('passes on what the audio and the encoder throw', async () => {
    // eslint-disable-next-line @typescript-eslint/require-await
    async function* broken(): AsyncGenerator<Float32Array> {
      throw new Error('broken file');
    }
    await expect(embedRecording(broken(), models)).rejects.toThrow('broken file');
    const failing: UtteranceEncoder = {
      ...models.encoder,
      dimension: 2,
      stretchSamples: 1600,
      embed: () => Promise.reject(new Error('broken model')),
      modelId: 'x',
    };
    await expect(
      embedRecording(stream(noise(64_000)), { encoder: failing, labeler: labelAllSpeech }),
    ).rejects.toThrow('broken model');
  });
});
