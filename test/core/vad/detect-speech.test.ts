import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Session, Tensor } from '../../../core/inference/session.ts';
import { detectSpeech } from '../../../core/vad/detect-speech.ts';
import { segmentSpeech, type SpeechSegment } from '../../../core/vad/hysteresis.ts';
import { openSileroSession } from '../../support/silero-session.ts';
import { cutAt } from '../../support/signals.ts';

/** The samples of the repository's own recording, 16-bit PCM at 16 kHz behind a header of 44 bytes. */
function sampleRecording(): Float32Array {
  const bytes = readFileSync(join(import.meta.dirname, '../../../samples/two-speakers.wav'));
  const samples = new Float32Array((bytes.length - 44) / 2);
  for (let index = 0; index < samples.length; index++)
    samples[index] = bytes.readInt16LE(44 + 2 * index) / 32768;
  return samples;
}

async function* streamOf(blocks: readonly Float32Array[]): AsyncGenerator<Float32Array> {
  for (const block of blocks) yield await Promise.resolve(block);
}

/** Calls a recording speech where it is not zero; remembers nothing. */
const energySession: Session = {
  model: { id: 'energy', path: '', inputs: [], outputs: [] },
  provider: 'cpu',
  concurrency: 1,
  inputNames: ['input', 'state', 'sr'],
  outputNames: ['output', 'stateN'],
  warnings: [],
  run: (feeds) => {
    const samples = feeds.input!.data as Float32Array;
    const output: Tensor = {
      data: Float32Array.of(samples.subarray(64).some((value) => value !== 0) ? 1 : 0),
      dims: [1, 1],
    };
    return Promise.resolve({ output, stateN: feeds.state! });
  },
  release: () => Promise.resolve(),
};

describe('detectSpeech', () => {
  it('gives the segments of a real recording one by one, as all at once from its probabilities', async () => {
    const session = await openSileroSession();
    const samples = sampleRecording();
    const probabilities: number[] = [];
    const segments: SpeechSegment[] = [];
    const blocks = streamOf(cutAt(samples, [3000, 70_000, 70_001]));
    const onProbabilities = (values: Float32Array) => void probabilities.push(...values);
    for await (const segment of detectSpeech(session, blocks, { onProbabilities })) segments.push(segment);
    await session.release();

    expect(probabilities.length).toBe(Math.ceil(samples.length / 512));
    expect(segments.length).toBeGreaterThan(0);
    expect(segments).toEqual(segmentSpeech(probabilities, samples.length));
  });

  it('stops at once when it is canceled', async () => {
    const signal = AbortSignal.abort();
    const run = detectSpeech(energySession, streamOf([new Float32Array(512)]), { signal }).next();
    await expect(run).rejects.toThrow(expect.objectContaining({ code: 'canceled' }));
  });

  it('gives a segment before the recording ends', async () => {
    async function* endless(): AsyncGenerator<Float32Array> {
      yield new Float32Array(16_000).fill(0.5);
      for (;;) yield await Promise.resolve(new Float32Array(512));
    }
    const first = await detectSpeech(energySession, endless()).next();
    expect(first.value).toEqual({ startSample: 0, endSample: 16_384 + 480 });
  });

  it('finds no speech in silence and in nothing', async () => {
    for (const blocks of [[], [new Float32Array(5000)]]) {
      expect(await detectSpeech(energySession, streamOf(blocks)).next()).toEqual({
        done: true,
        value: undefined,
      });
    }
  });
});
