import { describe, expect, it } from 'vitest';
import { measureLoudness, type LoudnessSource } from '../../../core/loudness/measure-loudness.ts';
import { cutAt, sine } from '../../support/signals.ts';

function sourceOf(samples: Float32Array, places: readonly number[] = []): LoudnessSource {
  async function* blocks(): AsyncGenerator<Float32Array> {
    for (const block of cutAt(samples, places)) yield await Promise.resolve(block);
  }
  return { sampleRate: 48_000, channels: 1, blocks: blocks() };
}

describe('measureLoudness', () => {
  it('measures everything in one pass', async () => {
    const loudness = await measureLoudness(sourceOf(sine(997, 4, { sampleRate: 48_000 }), [1000, 100_000]));
    expect(loudness.durationSeconds).toBe(4);
    expect(loudness.rmsDbfs).toBeCloseTo(-3.01, 2);
    expect(loudness.peakDbfs).toBeCloseTo(0, 3);
    expect(loudness.truePeakDbtp).toBeCloseTo(0, 1);
    expect(loudness.integratedLufs).toBeCloseTo(-3.01, 2);
    expect(loudness.maxMomentaryLufs).toBeCloseTo(-3.01, 2);
    expect(loudness.maxShortTermLufs).toBeCloseTo(-3.01, 2);
    expect(loudness.loudnessRangeLu).toBeCloseTo(0, 2);
    expect(loudness.meanAbsolute16Bit / 32_768).toBeCloseTo(2 / Math.PI, 3);
  });

  it('leaves out what a short recording does not have', async () => {
    const { integratedLufs, maxShortTermLufs, rmsDbfs } = await measureLoudness(
      sourceOf(new Float32Array(10)),
    );
    expect({ integratedLufs, maxShortTermLufs }).toEqual({
      integratedLufs: undefined,
      maxShortTermLufs: undefined,
    });
    expect(rmsDbfs).toBe(-Infinity);
  });

  it('refuses a recording without a sample', async () => {
    const run = measureLoudness(sourceOf(new Float32Array(0)));
    await expect(run).rejects.toThrow(expect.objectContaining({ code: 'audio_too_short' }));
  });

  it('stops when it is canceled', async () => {
    const run = measureLoudness(sourceOf(new Float32Array(10)), AbortSignal.abort());
    await expect(run).rejects.toThrow(expect.objectContaining({ code: 'canceled' }));
  });
});
