import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioWarning } from '../../../core/audio/audio-warning.ts';
import { openAudio, type OpenAudioOptions } from '../../../core/audio/decode.ts';
import type { LocalAudio } from '../../../core/audio/open-pcm.ts';
import { planResampler } from '../../../core/audio/resample/resampler-plan.ts';
import { Resampler } from '../../../core/audio/resample/resample.ts';
import { encodeWav } from '../../../core/audio/wav/wav-writer.ts';
import { DeadlineError } from '../../../core/errors.ts';
import { collect, streamOf } from '../../support/byte-streams.ts';
import { childProcesses } from '../../support/child-processes.ts';
import { encodeAudio } from '../../support/encode-audio.ts';
import { readFloat32 } from '../../support/npy.ts';
import { MISSING, sharedPath } from '../../support/shared.ts';
import { joined, noise, sine } from '../../support/signals.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { wavBytes } from '../../support/wav-bytes.ts';

async function decode(input: LocalAudio, options: OpenAudioOptions = {}): Promise<Float32Array> {
  return collect((await openAudio(input, options)).blocks);
}

function fileWith(bytes: Uint8Array | string, name = 'recording.wav'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** Files, pipes and the like that this process holds open. */
function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('what comes out', () => {
  test('a 16 kHz file comes out as it is, with what its header says', async () => {
    const samples = noise(20_000).map((value) => Math.round(value * 32_767) / 32_768);
    const source = await openAudio({ path: fileWith(encodeWav(samples, { sampleRate: 16_000 })) });
    expect(source).toMatchObject({ expectedSeconds: 1.25, sourceSampleRate: 16_000, sourceChannels: 1 });
    expect(await collect(source.blocks)).toEqual(samples);
  });

  test('another rate goes through the resampler', async () => {
    const samples = noise(30_000);
    const resampler = new Resampler(planResampler(44_100, 16_000));
    const expected = joined(resampler.push(samples), resampler.finish());
    const wav = encodeWav(samples, { sampleRate: 44_100, encoding: 'float32' });
    expect(await decode({ path: fileWith(wav) })).toEqual(expected);
    expect(await decode({ samples, sampleRate: 44_100 })).toEqual(expected);
    expect(await decode({ stream: streamOf(wav, [5, 50, 5000]) })).toEqual(expected);
  });

  test('the channels are mixed, or one is taken', async () => {
    const left = noise(3000, { seed: 1 });
    const right = noise(3000, { seed: 2 });
    const interleaved = new Float32Array(6000).map((_, i) => (i % 2 === 0 ? left : right)[i >> 1]!);
    const path = fileWith(encodeWav(interleaved, { sampleRate: 16_000, channels: 2, encoding: 'float32' }));
    expect(await decode({ path }, { channel: 0 })).toEqual(left);
    expect(await decode({ path }, { channel: 1 })).toEqual(right);
    expect(await decode({ path })).toEqual(left.map((value, i) => (value + right[i]!) / 2));
    await expect(openAudio({ path }, { channel: 2 })).rejects.toMatchObject({ code: 'invalid_option' });
  });

  test('blocks last a second at most, and belong to the receiver', async () => {
    for (const rate of [4000, 16_000, 48_000]) {
      const samples = noise(rate * 3);
      const source = await openAudio({ samples, sampleRate: rate });
      const kept: Float32Array[] = [];
      const copies: Float32Array[] = [];
      for await (const block of source.blocks) {
        expect(block.length).toBeLessThanOrEqual(16_000);
        kept.push(block);
        copies.push(block.slice());
      }
      expect(joined(...kept)).toEqual(joined(...copies));
    }
  });

  test('any cut of the bytes gives the same samples', async () => {
    const wav = encodeWav(noise(4000), { sampleRate: 44_100, channels: 2 });
    const whole = await decode({ stream: streamOf(wav) });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(wav.length), { maxLength: 30 }), async (cuts) => {
        expect(await decode({ stream: streamOf(wav, cuts) })).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  test('the content decides what a file is, not its name', async () => {
    const wav = encodeWav(sine(440, 0.5), { sampleRate: 16_000 });
    const flac = encodeAudio(wav, 'flac');
    const expected = await decode({ path: fileWith(wav, 'speech.mp3') });
    expect(await decode({ path: fileWith(flac, 'speech.wav') })).toEqual(expected);
    expect(await decode({ stream: streamOf(flac, [3]) })).toEqual(expected);
    expect(childProcesses()).toEqual([]);
  });

  test('jfk.flac (44.1 kHz, stereo, 24 bit) equals the golden mix and resampling by soxr', async ({
    skip,
  }) => {
    const path = sharedPath('data', 'speech', 'jfk.flac');
    const golden = sharedPath('data', 'golden', 'front-ends', 'inputs', 'jfk-16k.npy');
    if (path === undefined || golden === undefined) return skip(MISSING);
    const expected = readFloat32(golden);
    const actual = await decode({ path });
    expect(actual).toHaveLength(expected.length);
    let signal = 0;
    let difference = 0;
    expected.forEach((value, i) => {
      signal += value ** 2;
      difference += (value - actual[i]!) ** 2;
    });
    expect(10 * Math.log10(signal / difference)).toBeGreaterThan(60);
  });

  test('warnings reach the caller', async () => {
    const warnings: AudioWarning[] = [];
    const cut = wavBytes({ data: new Uint8Array(16_000), dataSize: 32_000 });
    await decode({ path: fileWith(cut) }, { onWarning: (warning) => warnings.push(warning) });
    expect(warnings).toEqual([
      {
        code: 'truncated',
        message: 'recording.wav was cut off: it holds 0.500 s of the 1.000 s that its header claims.',
      },
    ]);
  });
});

describe('what cannot be opened', () => {
  test('a missing file, a folder, a named pipe, a device', async () => {
    const folder = temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await expect(openAudio({ path: join(folder, 'missing.wav') })).rejects.toMatchObject({
      code: 'file_not_found',
    });
    await expect(openAudio({ path: join(folder, 'pipe', 'x') })).rejects.toMatchObject({
      code: 'file_not_found',
    });
    for (const path of [folder, join(folder, 'pipe'), '/dev/zero']) {
      await expect(openAudio({ path })).rejects.toMatchObject({ code: 'file_not_readable' });
    }
    await expect(openAudio({ path: 'with\0zero' })).rejects.toMatchObject({ code: 'invalid_option' });
  });

  test.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
    const path = fileWith(encodeWav(noise(100), { sampleRate: 16_000 }));
    chmodSync(path, 0);
    await expect(openAudio({ path })).rejects.toMatchObject({ code: 'file_not_readable' });
  });

  test.each([
    ['', 'is empty'],
    ['Good morning.\n', 'is text'],
    ['#EXTM3U\nhttp://127.0.0.1/\n', 'is a playlist'],
    ['ffconcat version 1.0\nfile other.wav\n', 'is an ffmpeg concat script'],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'is an SVG picture'],
  ])('%j named .wav is refused without a decoder, as a file and as a stream', async (content, what) => {
    const decoder = { name: 'none', open: () => Promise.reject(new Error('must not be called')) };
    const refusal = { code: 'unsupported_audio', message: expect.stringContaining(what) };
    await expect(openAudio({ path: fileWith(content) }, { decoder })).rejects.toMatchObject(refusal);
    await expect(openAudio({ stream: streamOf(Buffer.from(content)) }, { decoder })).rejects.toMatchObject(
      refusal,
    );
  });

  test('audio without a sample is too short, and so is less than one sample at 16 kHz', async () => {
    await expect(decode({ path: fileWith(wavBytes()) })).rejects.toMatchObject({ code: 'audio_too_short' });
    await expect(decode({ samples: new Float32Array(0), sampleRate: 16_000 })).rejects.toMatchObject({
      code: 'audio_too_short',
    });
    await expect(decode({ samples: new Float32Array(1), sampleRate: 48_000 })).rejects.toMatchObject({
      code: 'audio_too_short',
    });
  });

  test('samples in memory pass the same checks', async () => {
    const samples = new Float32Array(8000);
    await expect(openAudio({ samples, sampleRate: 1 })).rejects.toMatchObject({ code: 'unsupported_audio' });
    await expect(openAudio({ samples, sampleRate: 0.5 })).rejects.toMatchObject({ code: 'invalid_option' });
    samples[4000] = NaN;
    await expect(openAudio({ samples, sampleRate: 16_000 })).rejects.toMatchObject({
      code: 'corrupt_audio',
      details: { atSeconds: 0.25 },
    });
  });

  test('no message names a folder or carries control characters', async () => {
    const path = join(temporaryFolder(), 'evil\u001b[31m\nname.wav');
    const error = await openAudio({ path }).catch((e: unknown) => e as Error);
    expect((error as Error).message).toBe('evil?[31m?name.wav does not exist; check its path.');
  });
});

describe('nothing is left behind', () => {
  const wav = encodeWav(noise(16_000 * 10), { sampleRate: 16_000 });

  test.runIf(process.platform === 'linux')(
    'files are closed after the end, an early exit, an error and a close',
    async () => {
      const path = fileWith(wav);
      const corrupt = fileWith(
        wavBytes({ formatTag: 3, bits: 32, data: new Uint8Array(Float32Array.of(0, NaN).buffer) }),
      );
      const before = openDescriptors();
      await decode({ path });
      for await (const block of (await openAudio({ path })).blocks) if (block.length > 0) break;
      await expect(decode({ path: corrupt })).rejects.toMatchObject({ code: 'corrupt_audio' });
      await expect(openAudio({ path }, { channel: 7 })).rejects.toMatchObject({ code: 'invalid_option' });
      const unread = await openAudio({ path });
      await unread.close();
      await unread.close();
      expect(openDescriptors()).toBe(before);
    },
  );

  test('an abort ends reading, with its reason where that is one of ours', async () => {
    const controller = new AbortController();
    const source = await openAudio({ path: fileWith(wav) }, { signal: controller.signal });
    const reading = (async () => {
      for await (const block of source.blocks) if (block.length > 0) controller.abort();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'canceled' });
    const late = AbortSignal.abort(new DeadlineError('too late'));
    await expect(openAudio({ path: fileWith(wav) }, { signal: late })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
  });

  test('a stream is ended when its reader leaves', async () => {
    let ended = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield wavBytes({ dataSize: 0 });
        for (;;) yield await Promise.resolve(new Uint8Array(1000));
      } finally {
        ended = true;
      }
    }
    for await (const block of (await openAudio({ stream: source() })).blocks) if (block.length > 0) break;
    expect(ended).toBe(true);
  });
});
