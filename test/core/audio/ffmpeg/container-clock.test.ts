/** Times follow the clock of the container: late sound, holes in time stamps, parts that were joined. */
import { describe, expect, test } from 'vitest';
import type { AudioWarning } from '../../../../core/audio/audio-warning.ts';
import { openAudio } from '../../../../core/audio/decode.ts';
import { encodeWav } from '../../../../core/audio/wav/wav-writer.ts';
import { collect, streamOf } from '../../../support/byte-streams.ts';
import { FfmpegFiles } from '../../../support/ffmpeg-files.ts';
import { onsets } from '../../../support/onsets.ts';
import { joined, sine } from '../../../support/signals.ts';

const RATE = 48_000;

/** Half a second of nothing, a second of tone, half a second of nothing. */
const SOUND = joined(
  new Float32Array(RATE / 2),
  sine(440, 1, { sampleRate: RATE, amplitude: 0.5 }),
  new Float32Array(RATE / 2),
);
const WAV = encodeWav(SOUND, { sampleRate: RATE });

/** What encoders put in front of the sound and some containers do not take away again, and their rounding. */
const PRIMING_SECONDS = 0.06;

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=25:d=6'];

function files(): FfmpegFiles {
  const made = new FfmpegFiles();
  made.write('sound.wav', WAV);
  return made;
}

async function decode(
  input: { readonly path: string } | { readonly bytes: Uint8Array },
): Promise<{ seconds: number; onsets: number[]; warnings: AudioWarning[] }> {
  const warnings: AudioWarning[] = [];
  const source = 'path' in input ? input : { stream: streamOf(input.bytes, [500, 5000]) };
  const onWarning = (warning: AudioWarning) => warnings.push(warning);
  const samples = await collect((await openAudio(source, { onWarning })).blocks);
  return { seconds: samples.length / 16_000, onsets: onsets(samples), warnings };
}

function expectOnsets(actual: readonly number[], ...expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((onset, i) => {
    expect(actual[i]).toBeGreaterThan(onset - 0.01);
    expect(actual[i]).toBeLessThan(onset + PRIMING_SECONDS);
  });
}

describe('sound that begins after the picture', () => {
  const codecs: readonly (readonly [string, ...string[]])[] = [
    ['mp4', '-c:a', 'aac'],
    ['mov', '-c:a', 'aac'],
    ['mkv', '-c:a', 'aac'],
    ['webm', '-c:v', 'libvpx', '-c:a', 'libopus'],
    ['ts', '-c:a', 'aac'],
    ['m2ts', '-c:a', 'ac3'],
    ['mpg', '-c:a', 'mp2'],
    ['flv', '-c:a', 'aac'],
  ];
  test.each(codecs)('in %s, from a file and from a stream', async (extension, ...codec) => {
    const made = files();
    const video = made.make(
      ...[...PICTURE, '-itsoffset', '2.5', '-i', 'sound.wav', '-map', '0:v', '-map', '1:a'],
      ...[...codec, `late.${extension}`],
    );
    const fromFile = await decode({ path: video });
    expectOnsets(fromFile.onsets, 3);
    expect(fromFile.warnings).toEqual([]);
    expect(await decode({ bytes: made.read(`late.${extension}`) })).toEqual(fromFile);
  });

  test.each(['mkv', 'mov', 'nut'])('to the sample, where the sound is PCM: %s', async (extension) => {
    const made = files();
    const late = ['-itsoffset', '1.25', '-i', 'sound.wav', '-map', '0:v', '-map', '1:a'];
    const video = made.make(...PICTURE, ...late, '-c:v', 'mpeg4', '-c:a', 'pcm_s16le', `late.${extension}`);
    const source = await openAudio({ path: video });
    const samples = await collect(source.blocks);
    const reference = await collect((await openAudio({ samples: SOUND, sampleRate: RATE })).blocks);
    expect(samples.length).toBe(1.25 * 16_000 + reference.length);
    const shifted = samples.subarray(1.25 * 16_000);
    shifted.forEach((value, i) => expect(Math.abs(value - reference[i]!)).toBeLessThan(1e-3));
  });

  test.each(['mp4', 'mov', 'mkv', 'ts'])('after a cut without decoding: %s', async (extension) => {
    const made = files();
    const late = ['-itsoffset', '2.5', '-i', 'sound.wav', '-map', '0:v', '-map', '1:a'];
    made.make(...PICTURE, ...late, '-g', '25', '-c:v', 'mpeg4', '-c:a', 'aac', 'late.mkv');
    const cut = made.make('-ss', '1.5', '-i', 'late.mkv', '-c', 'copy', `cut.${extension}`);
    const { onsets: found, warnings } = await decode({ path: cut });
    // The cut goes back to a key frame, at most a second; players show the picture from there or from the cut.
    expect(found).toHaveLength(1);
    expect(found[0]).toBeGreaterThan(1.49);
    expect(found[0]).toBeLessThan(2.06);
    expect(warnings).toEqual([]);
  });

  test('in time stamps below zero', async () => {
    const made = files();
    const late = ['-itsoffset', '2.5', '-i', 'sound.wav', '-map', '0:v', '-map', '1:a'];
    made.make(...PICTURE, ...late, '-g', '25', '-c:v', 'mpeg4', '-c:a', 'aac', 'late.mkv');
    const cut = ['-ss', '1.5', '-i', 'late.mkv', '-c', 'copy', '-avoid_negative_ts', 'disabled', 'cut.ts'];
    // The picture begins at its key frame, half a second before zero.
    expectOnsets((await decode({ path: made.make(...cut) })).onsets, 2);
  });

  test('alone in its file: at its place where the header counts from zero, at once where clocks start anywhere', async () => {
    const made = files();
    const late = ['-itsoffset', '2', '-i', 'sound.wav'];
    for (const name of ['late.m4a', 'late.mka', 'late.webm']) {
      expectOnsets((await decode({ path: made.make(...late, name) })).onsets, 2.5);
    }
    for (const name of ['late.ogg', 'late.ts']) {
      expectOnsets((await decode({ path: made.make(...late, name) })).onsets, 0.5);
    }
  });
});

describe('holes in time stamps', () => {
  /** Three seconds without packets in the middle of the tone. */
  const hole = (tag: string) =>
    `setts=${tag}=if(gt(${tag.toUpperCase()}*TB\\,1)\\,${tag.toUpperCase()}+3/TB\\,${tag.toUpperCase()})`;
  const both = `${hole('pts')}:${hole('dts').slice('setts='.length)}`;

  test.each([
    ['webm', 'libopus'],
    ['mkv', 'flac'],
    ['mp4', 'aac'],
    ['ts', 'aac'],
    ['ogg', 'libvorbis'],
  ])('are silence: %s with %s', async (extension, codec) => {
    const made = files();
    made.make('-i', 'sound.wav', '-c:a', codec, `whole.${extension}`);
    const path = made.make('-i', `whole.${extension}`, '-c', 'copy', '-bsf:a', both, `holes.${extension}`);
    const { seconds, onsets: found, warnings } = await decode({ path });
    expect(seconds).toBeGreaterThan(4.98);
    expect(seconds).toBeLessThan(5.1);
    expectOnsets(found, 0.5, 4);
    expect(warnings).toEqual([]);
  });

  test('have their exact length where the sound is PCM', async () => {
    const made = files();
    made.make('-i', 'sound.wav', '-c:a', 'pcm_s16le', 'whole.mkv');
    const path = made.make('-i', 'whole.mkv', '-c', 'copy', '-bsf:a', both, 'holes.mkv');
    expect((await decode({ path })).seconds).toBe(5);
  });
});

describe('files that were joined byte by byte', () => {
  test.each([
    ['mp3', []],
    ['aac', []],
    ['ac3', []],
    ['flac', []],
    ['ogg', ['-c:a', 'libvorbis']],
    ['opus', ['-c:a', 'libopus']],
    ['ts', ['-c:a', 'aac']],
    ['mpg', ['-c:a', 'mp2']],
  ])('are heard one after the other, without an alarm: %s', async (extension, codec) => {
    const made = files();
    made.make('-i', 'sound.wav', ...codec, `one.${extension}`);
    const one = made.read(`one.${extension}`);
    const path = made.write('joined', Buffer.concat([one, one, one]));
    const { seconds, onsets: found, warnings } = await decode({ path });
    expect(warnings).toEqual([]);
    expect(seconds).toBeGreaterThan(5.9);
    expect(seconds).toBeLessThan(6.3);
    expect(found).toHaveLength(3);
  });

  test.each(['mka', 'webm'])('so are two, and a third is named: %s', async (extension) => {
    const made = files();
    made.make('-i', 'sound.wav', `one.${extension}`);
    const one = made.read(`one.${extension}`);
    const two = await decode({ path: made.write('two', Buffer.concat([one, one])) });
    expect(two.onsets).toHaveLength(2);
    expect(two.warnings).toEqual([]);
    const three = await decode({ path: made.write('three', Buffer.concat([one, one, one])) });
    expect(three.warnings).toMatchObject([{ code: 'unread' }]);
  });

  test('a second MP4 is not read, and that is said', async () => {
    const made = files();
    made.make('-i', 'sound.wav', 'one.m4a');
    const one = made.read('one.m4a');
    const { warnings } = await decode({ path: made.write('joined', Buffer.concat([one, one])) });
    expect(warnings).toMatchObject([{ code: 'unread' }]);
  });
});
