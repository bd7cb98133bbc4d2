import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordingClock } from '../../../../core/audio/clock/recording-clock.ts';
import {
  type DecodedFrame,
  type FrameSource,
  NO_FAULTS,
} from '../../../../core/audio/clock/decoded-frame.ts';
import { placeFrames } from '../../../../core/audio/clock/place-frames.ts';
import type { PcmStream } from '../../../../core/audio/pcm-stream.ts';
import { collect } from '../../../support/byte-streams.ts';

const RATE = 1000;

function sourceOf(frames: readonly DecodedFrame[]): FrameSource {
  let index = 0;
  return {
    next: () => Promise.resolve(frames[index++]),
    peek: () => Promise.resolve(frames[index]),
  };
}

/** Blocks of these lengths that share one buffer, with values that count up in both channels. */
async function* blocksOf(lengths: readonly number[], channels: number): AsyncGenerator<Float32Array> {
  const buffer = new Float32Array(Math.max(...lengths) * channels);
  let value = 1;
  for (const length of lengths) {
    for (let i = 0; i < length; i++) buffer.fill(value++, i * channels, (i + 1) * channels);
    yield await Promise.resolve(buffer.subarray(0, length * channels));
  }
}

function place(
  stamps: readonly (number | undefined)[],
  cuts: readonly number[],
  channels = 1,
  frameSamples = 10,
): Promise<Float32Array> {
  const frames = stamps.map((startSample) => ({
    startSample,
    sampleCount: frameSamples,
    sampleRate: RATE,
    faults: NO_FAULTS,
  }));
  const total = stamps.length * frameSamples;
  const places = [0, ...cuts.map((cut) => cut % total).sort((a, b) => a - b), total];
  const lengths = places.slice(1).map((to, i) => to - places[i]!);
  const pcm: PcmStream = {
    sampleRate: RATE,
    channels,
    expectedSeconds: undefined,
    blocks: blocksOf(lengths, channels),
    close: () => Promise.resolve(),
  };
  const clock = new RecordingClock({
    clock: 'first',
    sampleRate: RATE,
    startSeconds: 0,
    headerSeconds: undefined,
  });
  return collect(placeFrames(pcm, sourceOf(frames), clock));
}

/** What comes out: runs of samples that count up, and of zeros. */
function runs(samples: Float32Array): string[] {
  const found: string[] = [];
  for (let i = 0; i < samples.length;) {
    const from = i++;
    const step = samples[from] === 0 ? 0 : 1;
    while (i < samples.length && samples[i] === samples[i - 1]! + step && (step === 1 || samples[i] === 0))
      i++;
    found.push(step === 0 ? `${i - from} zeros` : `${samples[from]}-${samples[i - 1]}`);
  }
  return found;
}

test('silence stands where nothing was heard, and what comes twice is left out', async () => {
  expect(runs(await place([300, 310, 820], []))).toEqual(['300 zeros', '1-20', '500 zeros', '21-30']);
  const stamps = Array.from({ length: 45 }, (_, i) => (i < 30 ? i * 10 : i * 10 - 105));
  // 30 frames end at 300; the next one begins at 195, so 105 samples come twice.
  expect(runs(await place(stamps, []))).toEqual(['1-300', '406-450']);
});

test('samples beyond the announced frames follow without a break', async () => {
  expect(runs(await place([undefined], []))).toEqual(['1-10']);
});

test('however the blocks are cut, and with every number of channels', async () => {
  const stamps = [200, 210, 220, 560, 570, 440, 450, 460, 470, 480, 490, 700];
  const whole = await place(stamps, []);
  const stereo = await place(stamps, [], 2);
  expect(stereo).toEqual(Float32Array.from({ length: whole.length * 2 }, (_, i) => whole[i >> 1]!));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1000), { maxLength: 20 }), async (cuts) => {
      expect(await place(stamps, cuts)).toEqual(whole);
      expect(await place(stamps, cuts, 2)).toEqual(stereo);
    }),
  );
});
