import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AudioDecoder, DecodeOptions } from '../../../../core/audio/audio-decoder.ts';
import type { AudioWarning } from '../../../../core/audio/audio-warning.ts';
import { ByteReader } from '../../../../core/audio/byte-reader.ts';
import { createFfmpegDecoder } from '../../../../core/audio/ffmpeg/ffmpeg.ts';
import { DEFAULT_AUDIO_LIMITS, completeAudioLimits } from '../../../../core/audio/limits.ts';
import type { PcmStream } from '../../../../core/audio/pcm-stream.ts';
import { sniffContainer } from '../../../../core/audio/container/sniff.ts';
import { encodeWav } from '../../../../core/audio/wav/wav-writer.ts';
import { readWav } from '../../../../core/audio/wav/wav.ts';
import { collect, streamOf } from '../../../support/byte-streams.ts';
import { childProcesses } from '../../../support/child-processes.ts';
import { encodeAudio } from '../../../support/encode-audio.ts';
import { noise, sine } from '../../../support/signals.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { levelDb } from '../../../support/tone-fit.ts';

const TONE = sine(440, 1.5, { sampleRate: 44_100, amplitude: 0.5 });
const TONE_WAV = encodeWav(TONE, { sampleRate: 44_100 });

const decoder = createFfmpegDecoder();

function options(more: Partial<DecodeOptions> = {}): DecodeOptions {
  return { limits: DEFAULT_AUDIO_LIMITS, temporaryFolder: temporaryFolder(), ...more };
}

async function openFile(
  bytes: Uint8Array,
  more: Partial<DecodeOptions> = {},
  by: AudioDecoder = decoder,
): Promise<PcmStream> {
  const path = join(temporaryFolder(), 'secret-name');
  writeFileSync(path, bytes);
  const handle = await open(path);
  try {
    const audio = {
      kind: 'file',
      name: 'test',
      container: sniffContainer(bytes),
      handle,
      sizeBytes: bytes.length,
    } as const;
    const pcm = await by.open(audio, options(more));
    const blocks = (async function* () {
      try {
        yield* pcm.blocks;
      } finally {
        await handle.close();
      }
    })();
    return { ...pcm, blocks, close: () => pcm.close().then(() => handle.close()) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function openStream(bytes: Uint8Array, more: Partial<DecodeOptions> = {}): Promise<PcmStream> {
  const reader = new ByteReader(streamOf(bytes, [1, 1000, 20_000]), more.signal);
  return decoder.open(
    { kind: 'stream', name: 'test', container: sniffContainer(bytes), reader },
    options(more),
  );
}

async function decode(pcm: PcmStream): Promise<Float32Array> {
  return collect(pcm.blocks);
}

afterEach(() => {
  expect(childProcesses(), 'children left behind').toEqual([]);
});

describe('formats', () => {
  const cases: [string, string[]][] = [
    ['flac', []],
    ['mp3', []],
    ['ogg', ['-c:a', 'libvorbis']],
    ['opus', ['-c:a', 'libopus']],
    ['m4a', []],
    ['mov', ['-c:a', 'pcm_s16le']],
    ['3gp', ['-c:a', 'aac']],
    ['mp4', ['-movflags', 'faststart']],
    ['aac', []],
    ['webm', ['-c:a', 'libopus']],
    ['mka', ['-c:a', 'flac']],
    ['aiff', []],
    ['caf', ['-c:a', 'pcm_s16be']],
    ['au', []],
    ['w64', []],
    ['wma', []],
    ['wav', ['-c:a', 'adpcm_ms']],
    ['ts', []],
    ['m2ts', ['-c:a', 'ac3']],
    ['mpg', []],
    ['vob', ['-c:a', 'ac3']],
    ['avi', []],
    ['flv', []],
    ['ac3', []],
    ['eac3', []],
    ['dts', ['-ac', '1', '-ar', '48000', '-strict', '-2']],
    ['wv', []],
    ['tta', []],
    ['voc', []],
    ['nut', []],
  ];
  test.each(cases)('decodes %s %s, the same from a file and from a stream', async (extension, codec) => {
    const bytes = encodeAudio(TONE_WAV, extension, ...codec);
    const folder = temporaryFolder();
    const fromFile = await openFile(bytes);
    expect(fromFile.channels).toBe(1);
    const samples = await decode(fromFile);
    expect(samples.length / fromFile.sampleRate).toBeGreaterThan(1.48);
    expect(samples.length / fromFile.sampleRate).toBeLessThan(1.6);
    expect(levelDb(samples, 0.5, Math.round(fromFile.sampleRate / 2), fromFile.sampleRate)).toBeCloseTo(0, 0);
    expect(await decode(await openStream(bytes, { temporaryFolder: folder }))).toEqual(samples);
    expect(readdirSync(folder), 'temporary files').toEqual([]);
  });

  test('a lossless file comes back bit for bit, with all its channels', async () => {
    const channels = 6;
    const steps = noise(6 * 5000, { amplitude: 0.9 }).map((value) => Math.round(value * 32_768) / 32_768);
    const pcm = await openFile(encodeAudio(encodeWav(steps, { sampleRate: 48_000, channels }), 'flac'));
    expect(pcm).toMatchObject({ sampleRate: 48_000, channels });
    expect(pcm.expectedSeconds).toBeCloseTo(5000 / 48_000, 1);
    expect(await decode(pcm)).toEqual(steps);
  });
});

describe('what we read ourselves equals what ffmpeg reads', () => {
  const codecs = [
    'pcm_u8',
    'pcm_s16le',
    'pcm_s24le',
    'pcm_s32le',
    'pcm_f32le',
    'pcm_f64le',
    'pcm_alaw',
    'pcm_mulaw',
  ];
  const cases = codecs.flatMap(
    (codec) =>
      [
        [codec, 1],
        [codec, 2],
        [codec, 4],
      ] as const,
  );
  test.each(cases)('%s with %i channels', async (codec, channels) => {
    const source = encodeWav(noise(4 * 1000, { amplitude: 1 }), {
      sampleRate: 16_000,
      channels,
      encoding: 'float32',
    });
    const wav = encodeAudio(
      source,
      'wav',
      '-c:a',
      codec,
      ...(codec === 'pcm_s24le' ? ['-rf64', 'always'] : []),
    );
    const ours = await readWav(new ByteReader(streamOf(wav)), { name: 'test', limits: DEFAULT_AUDIO_LIMITS });
    const theirs = await openFile(wav);
    expect(ours).toMatchObject({ sampleRate: theirs.sampleRate, channels: theirs.channels });
    expect(await decode(ours)).toEqual(await decode(theirs));
  });
});

describe('damage', () => {
  test('a FLAC file that was cut off gives what is there, with a warning', async () => {
    const flac = encodeAudio(TONE_WAV, 'flac');
    const warnings: AudioWarning[] = [];
    const pcm = await openFile(flac.subarray(0, flac.length / 2), {
      onWarning: (warning) => warnings.push(warning),
    });
    const samples = await decode(pcm);
    expect(samples.length).toBeGreaterThan(15_000);
    expect(warnings.map(({ code }) => code)).toEqual(['truncated']);
    expect(warnings[0]!.message).toMatch(/only up to 0\.\d+ s of 1\.500 s/);
  });

  test('a video whose picture goes on after its sound was not cut off', async () => {
    const picture = ['-f', 'lavfi', '-i', 'color=size=16x16:duration=4'];
    const video = encodeAudio(TONE_WAV, 'mp4', ...picture, '-map', '0:a', '-map', '1:v');
    const warnings: AudioWarning[] = [];
    await decode(await openFile(video, { onWarning: (warning) => warnings.push(warning) }));
    expect(warnings).toEqual([]);
  });

  test.each([
    ['m4a without its index', 'm4a', 300, 'corrupt_audio'],
    ['a FLAC file that ends in its header', 'flac', 30, 'corrupt_audio'],
    ['a Matroska file that ends in its header', 'mka', 60, 'corrupt_audio'],
  ])('%s is damaged', async (_, extension, length, code) => {
    const bytes = encodeAudio(TONE_WAV, extension).subarray(0, length);
    await expect(openFile(bytes).then(decode)).rejects.toMatchObject({ code });
    await expect(openStream(bytes).then(decode)).rejects.toMatchObject({ code });
  });

  test('bytes without meaning are no audio', async () => {
    const bytes = new Uint8Array(noise(5000).buffer);
    await expect(openFile(bytes).then(decode)).rejects.toMatchObject({ code: 'unsupported_audio' });
  });

  test('a video without sound holds no audio track', async () => {
    const silent = encodeAudio(
      TONE_WAV,
      'mp4',
      '-f',
      'lavfi',
      '-i',
      'color=size=16x16:duration=0.2',
      '-map',
      '1:v',
    );
    await expect(openFile(silent)).rejects.toMatchObject({
      code: 'unsupported_audio',
      message: 'test holds no audio track.',
    });
  });

  test('a concat script is refused by the list of formats even when it gets as far as ffmpeg', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'sibling.wav'), TONE_WAV);
    const script = Buffer.from(`ffconcat version 1.0\nfile ${join(folder, 'sibling.wav')}\n`);
    await expect(openFile(script)).rejects.toMatchObject({ code: 'unsupported_audio' });
    await expect(openStream(script)).rejects.toMatchObject({ code: 'unsupported_audio' });
  });

  test('limits hold for what the decoder delivers', async () => {
    const slow = Buffer.from(encodeAudio(TONE_WAV, 'au'));
    slow.writeUInt32BE(1, 16); // sample rate
    await expect(openFile(slow)).rejects.toMatchObject({
      code: 'unsupported_audio',
      details: { sampleRate: 1 },
    });
    const flac = encodeAudio(TONE_WAV, 'flac');
    const limits = completeAudioLimits({ maxDurationSeconds: 1 });
    await expect(openFile(flac, { limits })).rejects.toMatchObject({ code: 'audio_too_long' });
    // A stream of MP3 frames says no length: counted while it is decoded.
    const mp3 = encodeAudio(TONE_WAV, 'mp3', '-write_xing', '0');
    await expect(openStream(mp3, { limits }).then(decode)).rejects.toMatchObject({ code: 'audio_too_long' });
    const m4a = encodeAudio(TONE_WAV, 'm4a');
    const spoolLimit = { limits: completeAudioLimits({ maxSpoolBytes: 1000 }) };
    await expect(openStream(m4a, spoolLimit)).rejects.toMatchObject({ code: 'audio_too_large' });
  });
});

describe('the child process', () => {
  let flac: Uint8Array;
  beforeAll(() => {
    flac = encodeAudio(encodeWav(noise(44_100 * 20), { sampleRate: 44_100 }), 'flac');
  });

  /** A script in place of ffmpeg. */
  function standIn(script: string): AudioDecoder {
    const path = join(temporaryFolder(), 'ffmpeg');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o700);
    return createFfmpegDecoder({ ffmpegPath: path });
  }

  test('learns nothing of our environment or of the file name, and runs under the limits of the kernel', async () => {
    const seen = join(temporaryFolder(), 'seen');
    process.env.COLLOQUY_TEST_SECRET = 'key';
    const spy = standIn(`{ env; echo "$@"; cat /proc/self/limits; } > ${seen}; exec ffmpeg "$@"`);
    await decode(await openFile(encodeAudio(TONE_WAV, 'flac'), {}, spy));
    delete process.env.COLLOQUY_TEST_SECRET;
    const text = readFileSync(seen, 'utf8');
    const names = text.split('\n').flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? []);
    expect(names.sort()).toEqual(['AV_LOG_FORCE_NOCOLOR', 'LC_ALL', 'PATH', 'PWD'].sort());
    expect(text).not.toContain('secret-name');
    expect(text).toMatch(/-protocol_whitelist file -format_whitelist wav,\S+ -t 86401 -i file:\/dev\/fd\/3/);
    expect(text).toMatch(/Max address space +1073741824/);
    expect(text).toMatch(/Max file size +1048576/);
    expect(text).toMatch(/Max cpu time +6\d /);
    expect(text).toMatch(/Max core file size +0/);
  });

  test.each([
    ['kill -9 $$', 'out_of_memory'],
    ['kill -SEGV $$', 'corrupt_audio'],
    ['kill -XCPU $$', 'corrupt_audio'],
    ['exit 127', 'dependency_missing'],
    ['exit 1', 'corrupt_audio'],
    ['exit 0', 'audio_too_short'],
  ])('"%s" becomes %s', async (script, code) => {
    await expect(openFile(flac, {}, standIn(script))).rejects.toMatchObject({ code });
  });

  test('its failure after good samples is an error, not an end', async () => {
    const failing = standIn('ffmpeg "$@"; kill -SEGV $$');
    const pcm = await openFile(encodeAudio(TONE_WAV, 'flac'), {}, failing);
    await expect(decode(pcm)).rejects.toMatchObject({ code: 'corrupt_audio' });
  });

  test('is gone when the reader leaves early, from a file and from a stream', async () => {
    for (const opened of [() => openFile(flac), () => openStream(flac)]) {
      for await (const block of (await opened()).blocks) {
        expect(block.length).toBeGreaterThan(0);
        break;
      }
      expect(childProcesses()).toEqual([]);
    }
  });

  test('is gone when the source is closed without having been read', async () => {
    const pcm = await openFile(flac);
    expect(childProcesses()).toHaveLength(1);
    await pcm.close();
    await pcm.close();
    expect(childProcesses()).toEqual([]);
  });

  test.each([0, 1, 5, 20, 60])('is gone after an abort %i ms from the start', async (delayMs) => {
    const controller = new AbortController();
    const result = openFile(flac, { signal: controller.signal }).then(decode);
    setTimeout(() => controller.abort(), delayMs);
    const outcome = await result.then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code,
    );
    expect(['done', 'canceled']).toContain(outcome);
  });

  test('is gone after an abort while its input stands still', async () => {
    const controller = new AbortController();
    const stuck = (async function* () {
      yield flac.subarray(0, 100_000);
      await new Promise(() => undefined);
    })();
    const reader = new ByteReader(stuck, controller.signal);
    const pcm = await decoder.open(
      { kind: 'stream', name: 'test', container: 'flac', reader },
      options({ signal: controller.signal }),
    );
    const result = decode(pcm);
    setTimeout(() => controller.abort(), 20);
    await expect(result).rejects.toMatchObject({ code: 'canceled' });
  });

  test('does not outlive an input that breaks off', async () => {
    const broken = (async function* () {
      yield await Promise.resolve(flac.subarray(0, 100_000));
      throw new Error('ECONNRESET');
    })();
    const audio = {
      kind: 'stream',
      name: 'test',
      container: 'flac',
      reader: new ByteReader(broken),
    } as const;
    await expect(decoder.open(audio, options()).then(decode)).rejects.toMatchObject({
      code: 'audio_unreachable',
    });
  });
});

test('a machine without ffmpeg says which package to install', async () => {
  const without = createFfmpegDecoder({ searchPath: '/nonexistent' });
  await expect(openFile(TONE_WAV, {}, without)).rejects.toMatchObject({
    code: 'dependency_missing',
    message: expect.stringContaining('apt-get install ffmpeg'),
  });
});
