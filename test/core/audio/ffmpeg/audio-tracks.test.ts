/** Which of several audio tracks is heard, and what is said about the others. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { AudioWarning } from '../../../../core/audio/audio-warning.ts';
import { openAudio } from '../../../../core/audio/decode.ts';
import { encodeWav } from '../../../../core/audio/wav/wav-writer.ts';
import { collect, streamOf } from '../../../support/byte-streams.ts';
import { FfmpegFiles } from '../../../support/ffmpeg-files.ts';
import { sine } from '../../../support/signals.ts';
import { fitTone } from '../../../support/tone-fit.ts';

const RATE = 48_000;
/** Each track is a tone of its own. */
const TONES_HZ = [300, 500, 900];

function tones(): FfmpegFiles {
  const made = new FfmpegFiles();
  TONES_HZ.forEach((hz, i) => {
    const tone = sine(hz, 1, { sampleRate: RATE, amplitude: 0.5 });
    made.write(`${i}.wav`, encodeWav(tone, { sampleRate: RATE }));
  });
  return made;
}

/** Tracks by their tone. */
function inputs(...tracks: readonly number[]): string[] {
  return [
    ...tracks.flatMap((track) => ['-i', `${track}.wav`]),
    ...tracks.flatMap((_, i) => ['-map', `${i}:a`]),
    ...['-c:a', 'flac'],
  ];
}

type Heard = { readonly toneHz: number | undefined; readonly warnings: AudioWarning[] };

async function hear(source: Parameters<typeof openAudio>[0], audioTrack?: number): Promise<Heard> {
  const warnings: AudioWarning[] = [];
  const onWarning = (warning: AudioWarning) => warnings.push(warning);
  const samples = await collect((await openAudio(source, { audioTrack, onWarning })).blocks);
  const where = { sampleRate: 16_000, amplitude: 0.5, from: 2000, to: 14_000 };
  const toneHz = TONES_HZ.find((hz) => fitTone(samples, { hz, ...where }).residualDb < -20);
  return { toneHz, warnings };
}

describe('which track is heard', () => {
  test('the default one, wherever it stands; a note lists them all', async () => {
    const made = tones();
    const flags = ['-disposition:a:0', '0', '-disposition:a:1', 'default', '-disposition:a:2', '0'];
    const names = ['-metadata:s:a:0', 'language=fra', '-metadata:s:a:1', 'language=eng'];
    const path = made.make(...inputs(0, 1, 2), ...flags, ...names, 'tracks.mkv');
    const expected: Heard = {
      toneHz: 500,
      warnings: [
        {
          code: 'audio_tracks',
          message:
            'tracks.mkv has 3 audio tracks: 0 (fra), 1 (eng, default), 2. Track 1 was used; the option for the ' +
            'audio track takes another.',
        },
      ],
    };
    expect(await hear({ path })).toEqual(expected);
    expect(await hear({ stream: streamOf(made.read('tracks.mkv')), name: 'tracks.mkv' })).toEqual(expected);
  });

  test('the first of several defaults, not the one with the most channels', async () => {
    const made = tones();
    const flags = ['-disposition:a:0', 'default', '-disposition:a:1', 'default', '-ac:a:1', '6'];
    const path = made.make(...inputs(0, 1), ...flags, 'tracks.mkv');
    expect(await hear({ path })).toMatchObject({ toneHz: 300, warnings: [{ code: 'audio_tracks' }] });
  });

  test.each(['mov', 'ts', 'mkv'])('the first without a default: %s', async (extension) => {
    const made = tones();
    const flags = ['-c:a', 'aac', '-disposition:a:0', '0', '-disposition:a:1', '0'];
    const path = made.make(...inputs(2, 0), ...flags, `tracks.${extension}`);
    expect((await hear({ path })).toneHz).toBe(900);
  });

  test('a default that begins late is still the default', async () => {
    const made = tones();
    const late = [
      '-i',
      '0.wav',
      '-itsoffset',
      '0.5',
      '-i',
      '1.wav',
      '-map',
      '0:a',
      '-map',
      '1:a',
      '-c:a',
      'flac',
    ];
    const path = made.make(...late, '-disposition:a:0', '0', '-disposition:a:1', 'default', 'tracks.mkv');
    const samples = await collect((await openAudio({ path })).blocks);
    expect(samples.length / 16_000).toBeCloseTo(1.5, 2);
  });
});

describe('a track that is asked for', () => {
  let made: FfmpegFiles;
  let path: string;
  let wav: Uint8Array;
  beforeAll(() => {
    wav = encodeWav(sine(300, 1), { sampleRate: 16_000 });
  });

  test('is heard, without a note', async () => {
    made = tones();
    path = made.make(...inputs(0, 1, 2), 'tracks.mkv');
    for (const [track, toneHz] of TONES_HZ.entries()) {
      expect(await hear({ path }, track)).toEqual({ toneHz, warnings: [] });
    }
    expect((await hear({ stream: streamOf(made.read('tracks.mkv')) }, 2)).toneHz).toBe(900);
  });

  test('and is not there: the error says which are', async () => {
    made = tones();
    path = made.make(...inputs(0, 1), 'tracks.mkv');
    await expect(hear({ path }, 2)).rejects.toMatchObject({
      code: 'invalid_option',
      message: 'tracks.mkv has audio tracks 0 to 1; track 2 was asked for.',
      details: { audioTracks: 2 },
    });
    await expect(hear({ stream: streamOf(wav), name: 'call.wav' }, 1)).rejects.toMatchObject({
      code: 'invalid_option',
      message: 'call.wav has only audio track 0; track 1 was asked for.',
    });
    expect((await hear({ stream: streamOf(wav) }, 0)).toneHz).toBe(300);
  });
});
