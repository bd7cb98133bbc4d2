import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../../../core/inference/session.ts';
import { quietestSample } from '../../../../core/transcription/pieces/quietest-sample.ts';
import { SampleHistory } from '../../../../core/audio/sample-history.ts';
import {
  DEFAULT_SPLIT_OPTIONS,
  type SpeechPiece,
  splitSpeech,
  type SplitOptions,
} from '../../../../core/transcription/pieces/split-speech.ts';
import { decodeWithFfmpeg } from '../../../support/decode.ts';
import { openSileroSession } from '../../../support/silero-session.ts';
import { cutAt, joined, noise } from '../../../support/signals.ts';

const RATE = 16_000;
const library = decodeWithFfmpeg(join(import.meta.dirname, '../../../../samples/library.wav'));
let vad: Session;

beforeAll(async () => {
  vad = await openSileroSession();
});

afterAll(() => vad.release());

async function split(
  blocks: readonly Float32Array[],
  options: SplitOptions = DEFAULT_SPLIT_OPTIONS,
): Promise<SpeechPiece[]> {
  const pieces: SpeechPiece[] = [];
  const stream = (async function* () {
    for (const block of blocks) yield await Promise.resolve(block);
  })();
  for await (const piece of splitSpeech(vad, stream, options)) pieces.push(piece);
  return pieces;
}

describe('splitSpeech', () => {
  it('gives all speech once, in pieces within the limit that are cut out of the recording', async () => {
    const pieces = await split([library]);
    let end = 0;
    for (const { startSample, samples, speech } of pieces) {
      expect(startSample).toBeGreaterThanOrEqual(end);
      end = startSample + samples.length;
      expect(samples.length).toBeLessThanOrEqual(DEFAULT_SPLIT_OPTIONS.maxPieceSeconds * RATE);
      expect(samples).toEqual(library.slice(startSample, end));
      for (const segment of speech) {
        expect(segment.startSample).toBeGreaterThanOrEqual(startSample);
        expect(segment.endSample).toBeLessThanOrEqual(end);
      }
    }
    const heard = pieces.reduce((sum, { samples }) => sum + samples.length, 0);
    expect(heard / library.length).toBeGreaterThan(0.8);
  });

  it('gives the same however the recording is cut into blocks', async () => {
    const start = library.subarray(0, 20 * RATE);
    const expected = await split([start]);
    expect(expected.length).toBeGreaterThan(1);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(start.length), { maxLength: 8 }), async (places) => {
        expect(await split(cutAt(start, places))).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });

  it('cuts speech without any pause at its quietest moment, and nothing is lost or doubled', async () => {
    // Speech with its pauses taken out.
    const sounds = (await split([library])).flatMap(({ speech }) =>
      speech.map(({ startSample, endSample }) => library.subarray(startSample + 1500, endSample - 1500)),
    );
    const endless = joined(...sounds.filter((sound) => sound.length > 8000)).subarray(0, 40 * RATE);
    const pieces = await split([endless], { ...DEFAULT_SPLIT_OPTIONS, maxPieceSeconds: 8, padSeconds: 0.1 });
    expect(pieces.length).toBeGreaterThan(4);
    for (const [index, { startSample, samples }] of pieces.entries()) {
      expect(samples.length).toBeLessThanOrEqual(8 * RATE);
      const before = pieces[index - 1];
      if (before) expect(startSample).toBeGreaterThanOrEqual(before.startSample + before.samples.length);
    }
  });

  it('keeps to the clips that were asked for', async () => {
    const clips = [
      { startSeconds: 10, endSeconds: 12 },
      { startSeconds: 30, endSeconds: 33 },
    ];
    const pieces = await split([library], { ...DEFAULT_SPLIT_OPTIONS, clips });
    for (const segment of pieces.flatMap(({ speech }) => speech)) {
      const inside = clips.some(
        ({ startSeconds, endSeconds }) =>
          segment.startSample >= startSeconds * RATE && segment.endSample <= endSeconds * RATE,
      );
      expect(inside, `${segment.startSample / RATE} to ${segment.endSample / RATE}`).toBe(true);
    }
    expect(pieces.length).toBeGreaterThan(0);
  });

  it('finds nothing in silence, in noise and in nothing', async () => {
    expect(await split([new Float32Array(5 * RATE)])).toEqual([]);
    expect(await split([noise(5 * RATE, { amplitude: 0.2 })])).toEqual([]);
    expect(await split([])).toEqual([]);
  });
});

describe('quietestSample', () => {
  it('is the middle of the quietest 40 ms, the latest of equals', () => {
    const sound = noise(RATE, { amplitude: 0.5 });
    sound.fill(0, 8000, 8640);
    expect(quietestSample(sound)).toBe(8320);
    expect(quietestSample(new Float32Array(6400))).toBe(6400 - 320);
    expect(quietestSample(new Float32Array(100))).toBe(50);
  });
});

describe('SampleHistory', () => {
  it('gives back what it has heard until it may forget', () => {
    const history = new SampleHistory();
    for (const block of cutAt(library.subarray(0, 5000), [100, 3000])) history.push(block);
    expect(history.slice(50, 4000)).toEqual(library.slice(50, 4000));
    history.dropBefore(3000);
    expect(history.slice(3000, 5000)).toEqual(library.slice(3000, 5000));
    expect(history.sampleCount).toBe(5000);
  });
});
