/** Channels that are opposite in phase, from the file on (users' files, fault 5). */
import { expect, test } from 'vitest';
import type { AudioWarning } from '../../../../core/audio/audio-warning.ts';
import { openAudio } from '../../../../core/audio/decode.ts';
import type { LocalAudio } from '../../../../core/audio/open-pcm.ts';
import { encodeWav } from '../../../../core/audio/wav/wav-writer.ts';
import { collect, streamOf } from '../../../support/byte-streams.ts';
import { encodeAudio } from '../../../support/encode-audio.ts';
import { sine } from '../../../support/signals.ts';
import { levelDb } from '../../../support/tone-fit.ts';

const SAMPLE_RATE = 44_100;
const tone = sine(300, 3, { sampleRate: SAMPLE_RATE, amplitude: 0.5 });

function wavOf(...factors: readonly number[]): Uint8Array {
  const frames = Float32Array.from(
    { length: tone.length * factors.length },
    (_, i) => tone[Math.floor(i / factors.length)]! * factors[i % factors.length]!,
  );
  return encodeWav(frames, { sampleRate: SAMPLE_RATE, channels: factors.length });
}

async function hear(
  bytes: Uint8Array,
  channel?: number,
): Promise<{ levelDb: number; warnings: AudioWarning[] }> {
  const warnings: AudioWarning[] = [];
  const input: LocalAudio = { stream: streamOf(bytes), name: 'call.wav' };
  const options = { onWarning: (warning: AudioWarning) => warnings.push(warning), channel };
  const samples = await collect((await openAudio(input, options)).blocks);
  return { levelDb: levelDb(samples, 0.5, 1_000, 47_000), warnings };
}

test('a stereo recording with one channel turned over is heard, and a note says so', async () => {
  const heard = await hear(wavOf(1, -1));
  expect(heard.levelDb).toBeCloseTo(0, 1);
  expect(heard.warnings).toEqual([
    {
      code: 'opposite_channels',
      message:
        'call.wav has channels that are opposite in phase, for 3.0 s of 3.0 s; their mean would be silence, so that ' +
        'they were turned over where they are.',
    },
  ]);
});

test('also where ffmpeg decodes it, and with losses', async () => {
  const heard = await hear(encodeAudio(wavOf(1, -1), 'mp3'));
  expect(heard.levelDb).toBeCloseTo(0, 0);
  expect(heard.warnings.map(({ code }) => code)).toEqual(['opposite_channels']);
});

test('also of three channels', async () => {
  const heard = await hear(wavOf(1, 0, -1));
  expect(heard.levelDb).toBeCloseTo(20 * Math.log10(2 / 3), 1);
  expect(heard.warnings.map(({ code }) => code)).toEqual(['opposite_channels']);
});

test.each([
  ['equal channels', [1, 1], 0],
  ['one silent channel', [1, 0], 20 * Math.log10(1 / 2)],
  ['one of three turned over', [1, 1, -1], 20 * Math.log10(1 / 3)],
])('nothing is said of %s', async (_, factors, expectedDb) => {
  const heard = await hear(wavOf(...factors));
  expect(heard.levelDb).toBeCloseTo(expectedDb, 1);
  expect(heard.warnings).toEqual([]);
});

test('nor where one channel is asked for', async () => {
  expect(await hear(wavOf(1, -1), 1)).toMatchObject({ warnings: [] });
});
