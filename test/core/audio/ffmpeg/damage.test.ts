/** What is said of damage, of ends that are missing, and of neither. */
import { describe, expect, test } from 'vitest';
import type { AudioWarning } from '../../../../core/audio/audio-warning.ts';
import { openAudio } from '../../../../core/audio/decode.ts';
import { encodeWav } from '../../../../core/audio/wav/wav-writer.ts';
import { collect, streamOf } from '../../../support/byte-streams.ts';
import { FfmpegFiles } from '../../../support/ffmpeg-files.ts';
import { onsets } from '../../../support/onsets.ts';
import { joined, noise, sine } from '../../../support/signals.ts';

const RATE = 48_000;

/** Noise for five seconds, silence for two, half a second of tone, half a second of nothing. */
const SOUND = joined(
  noise(5 * RATE, { amplitude: 0.05 }),
  new Float32Array(2 * RATE),
  sine(440, 0.5, { sampleRate: RATE, amplitude: 0.5 }),
  new Float32Array(RATE / 2),
);
const SECONDS = 8;
const TONE_AT_SECONDS = 7;
const WAV = encodeWav(SOUND, { sampleRate: RATE });

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=25:d=11'];

function files(): FfmpegFiles {
  const made = new FfmpegFiles();
  made.write('sound.wav', WAV);
  return made;
}

function encoded(extension: string, ...codec: string[]): Uint8Array {
  const made = files();
  made.make('-i', 'sound.wav', ...codec, `sound.${extension}`);
  return made.read(`sound.${extension}`);
}

type Heard = { seconds: number; onsets: number[]; warnings: AudioWarning[] };

async function hear(source: Parameters<typeof openAudio>[0]): Promise<Heard> {
  const warnings: AudioWarning[] = [];
  const onWarning = (warning: AudioWarning) => warnings.push(warning);
  const samples = await collect((await openAudio(source, { onWarning })).blocks);
  return { seconds: samples.length / 16_000, onsets: onsets(samples, { level: 0.3 }), warnings };
}

function hearFile(bytes: Uint8Array): Promise<Heard> {
  return hear({ path: files().write('recording', bytes), name: 'recording' });
}

/** Random bytes in place of some, from a share of the file on. */
function damaged(bytes: Uint8Array, from: number, count: number): Uint8Array {
  const copy = bytes.slice();
  const start = Math.round(from * copy.length);
  noise(count, { seed: 7 }).forEach((value, i) => (copy[start + i] = Math.floor((value + 1) * 128)));
  return copy;
}

describe('damage inside', () => {
  const codecs: readonly (readonly [string, ...string[]])[] = [
    ['m4a'],
    ['mp4', '-movflags', 'faststart'],
    ['mka', '-c:a', 'libopus'],
    ['webm', '-c:a', 'libopus'],
    ['ogg', '-c:a', 'libvorbis'],
    ['opus', '-c:a', 'libopus'],
    ['flac'],
    ['ts', '-c:a', 'aac'],
    ['mpg', '-c:a', 'mp2'],
    ['flv', '-c:a', 'aac'],
    ['tta'],
  ];
  test.each(codecs)(
    'leaves what follows at its time, with silence in its place: %s',
    async (extension, ...codec) => {
      const bytes = encoded(extension, ...codec);
      const whole = await hearFile(bytes);
      const broken = await hearFile(damaged(bytes, 0.3, Math.round(bytes.length / 20)));
      expect(whole).toMatchObject({ warnings: [], onsets: [expect.closeTo(TONE_AT_SECONDS, 0.7)] });
      expect(broken.onsets).toHaveLength(1);
      expect(Math.abs(broken.onsets[0]! - whole.onsets[0]!)).toBeLessThan(0.11);
      expect(broken.warnings).toMatchObject([{ code: 'damaged' }]);
      const [, at, lost] = /the first at (\d\.\d+) s; silence of (\d\.\d+) s/.exec(
        broken.warnings[0]!.message,
      )!;
      expect(Number(at)).toBeGreaterThan(0.5);
      expect(Number(at)).toBeLessThan(5);
      expect(Number(lost)).toBeGreaterThan(0.1);
    },
  );

  test('also where the decoder says nothing of it: wma', async () => {
    const bytes = encoded('wma');
    const [whole, broken] = [await hearFile(bytes), await hearFile(damaged(bytes, 0.3, 7000))];
    expect(broken.onsets).toHaveLength(1);
    expect(Math.abs(broken.onsets[0]! - whole.onsets[0]!)).toBeLessThan(0.11);
  });

  test.each([['mp3'], ['aac'], ['ac3']])('without a clock, that is said: %s', async (extension) => {
    const { warnings } = await hearFile(damaged(encoded(extension), 0.3, 5000));
    expect(warnings).toMatchObject([{ code: 'damaged' }]);
    expect(warnings[0]!.message).toMatch(
      /the first at [1-3]\.\d+ s; \S+ has no clock, so what follows may be too early/,
    );
  });
});

describe('ends that are missing', () => {
  const codecs: readonly (readonly [string, ...string[]])[] = [
    ['mp4', '-movflags', 'faststart'],
    ['m4a', '-movflags', 'faststart'],
    ['mka', '-c:a', 'aac'],
    ['webm', '-c:a', 'libopus'],
    ['flac'],
    ['mp3'],
    ['tta'],
    ['wv'],
    ['aiff'],
  ];
  test.each(codecs)(
    'are measured against the length that the header says: %s',
    async (extension, ...codec) => {
      const bytes = encoded(extension, ...codec);
      const cut = await hearFile(bytes.subarray(0, bytes.length / 2));
      expect(cut.seconds).toBeGreaterThanOrEqual(2);
      expect(cut.seconds).toBeLessThan(6);
      expect(cut.warnings.map(({ code }) => code)).toEqual(['truncated']);
      expect(cut.warnings[0]!.message).toContain(cut.seconds.toFixed(3).slice(0, 3));
      expect(cut.warnings[0]!.message).toMatch(/of (7\.9|8\.0)\d* s/);
    },
  );

  test.each([
    ['ogg', 'libvorbis'],
    ['opus', 'libopus'],
  ])('are seen in %s from its pages, from a file and from a stream', async (extension, codec) => {
    const bytes = encoded(extension, '-c:a', codec);
    const cut = bytes.subarray(0, bytes.length / 2);
    const fromFile = await hearFile(cut);
    expect(fromFile.warnings).toEqual([
      {
        code: 'truncated',
        message: expect.stringMatching(/^recording was cut off: its sound ends at \d/) as string,
      },
    ]);
    expect(await hear({ stream: streamOf(cut, [1, 9000]), name: 'recording' })).toEqual(fromFile);
    // Whole pages, without the last one.
    const lastPage = Buffer.from(bytes).lastIndexOf('OggS');
    expect((await hearFile(bytes.subarray(0, lastPage))).warnings).toMatchObject([
      { code: 'truncated', message: expect.stringContaining('lacks the mark of its end') as string },
    ]);
  });

  test.each(['m4a', 'mov'])('with the index: %s says what is missing', async (extension) => {
    const bytes = encoded(extension);
    await expect(hearFile(bytes.subarray(0, bytes.length * 0.9))).rejects.toMatchObject({
      code: 'corrupt_audio',
      message: expect.stringMatching(/was cut off.*index \(moov\)/) as string,
    });
  });

  test('before the first sample: not "no samples", but cut off', async () => {
    const bytes = encoded('m4a', '-movflags', 'faststart');
    const dataAt = Buffer.from(bytes).indexOf('mdat') + 4;
    await expect(hearFile(bytes.subarray(0, dataAt))).rejects.toMatchObject({
      code: 'corrupt_audio',
      message: 'recording was cut off before its first sample.',
    });
  });

  test.each(['mp4', 'mkv'])('of a video: %s', async (extension) => {
    const made = files();
    const video = [
      ...PICTURE,
      '-i',
      'sound.wav',
      '-c:a',
      'aac',
      '-movflags',
      'faststart',
      `video.${extension}`,
    ];
    if (extension === 'mkv') video.splice(video.indexOf('-movflags'), 2);
    made.make(...video);
    const bytes = made.read(`video.${extension}`);
    expect((await hearFile(bytes.subarray(0, bytes.length * 0.4))).warnings).toMatchObject([
      { code: 'truncated' },
    ]);
    // All of the sound is there, and the picture goes on.
    expect((await hearFile(bytes)).warnings).toEqual([]);
  });
});

describe('no alarm', () => {
  test.each(['mp4', 'mkv', 'avi', 'flv', 'ts', 'wmv', 'ogv'])(
    'about a picture that goes on: %s',
    async (extension) => {
      const made = files();
      const path = made.make(...PICTURE, '-i', 'sound.wav', `video.${extension}`);
      expect((await hear({ path })).warnings).toEqual([]);
    },
  );

  /** A picture that says it is another kind of picture. */
  function wrongCover(mp3: Uint8Array): Uint8Array {
    const jpeg = Buffer.from([
      0xff,
      0xd8,
      0xff,
      0xe0,
      0,
      16,
      ...Buffer.from('JFIF\0'),
      1,
      1,
      0,
      0,
      1,
      0,
      1,
      0,
      0,
    ]);
    const body = Buffer.concat([
      Buffer.from('\0image/png\0\x03\0', 'latin1'),
      jpeg,
      Buffer.alloc(3000, 0x55),
    ]);
    const frame = Buffer.concat([Buffer.from('APIC'), Buffer.alloc(6), body]);
    frame.writeUInt32BE(body.length, 4);
    const size = [21, 14, 7, 0].map((bits) => (frame.length >> bits) & 127);
    return Buffer.concat([Buffer.from([...Buffer.from('ID3\x03\0\0'), ...size]), frame, mp3]);
  }

  test('about a cover that is not what it says', async () => {
    const { warnings, seconds } = await hearFile(wrongCover(encoded('mp3', '-id3v2_version', '0')));
    expect(warnings).toEqual([]);
    expect(seconds).toBeCloseTo(SECONDS, 1);
  });

  test('about tags behind MP3, and in front of it twice', async () => {
    const mp3 = encoded('mp3');
    const tags = [Buffer.from('TAG'.padEnd(128, '\0')), Buffer.from('LYRICSBEGININD0000200000020LYRICS200')];
    expect((await hearFile(Buffer.concat([mp3, ...tags]))).warnings).toEqual([]);
    expect((await hearFile(Buffer.concat([mp3.subarray(0, 45), mp3]))).warnings).toEqual([]);
  });

  test('about a stream that is cut in at the middle', async () => {
    for (const [extension, ...codec] of [['ts', '-c:a', 'aac'], ['mpg'], ['aac'], ['mp3']] as const) {
      const bytes = encoded(extension, ...codec);
      expect((await hearFile(bytes.subarray(bytes.length / 3))).warnings, extension).toEqual([]);
    }
  });
});
