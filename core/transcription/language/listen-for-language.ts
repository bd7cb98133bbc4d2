import type { AudioBlocks } from '../../audio/waveform.ts';
import type { Session } from '../../inference/session.ts';
import type { Segment } from '../../timeline/turns.ts';
import { continued } from '../pieces/continued.ts';
import { type SplitOptions, splitSpeech } from '../pieces/split-speech.ts';
import { secondsToSamples } from '../../timeline/sliding-window.ts';

/** What an encoder looks at in one run. */
const SOUND_SECONDS = 30;

/** Several short pieces say more of a recording than one long: people greet each other, jingles play. */
const PIECES: SplitOptions = Object.freeze({ maxPieceSeconds: 6, maxGapSeconds: 0.3, padSeconds: 0.1 });

/** Nobody waits longer for the first word; 40 MB of sound at most are kept until then. */
const MOST_SECONDS = 600;

export type HeardSpeech = {
  /** Speech of several pieces, one after another, at most 30 s; empty where there was none. */
  readonly sound: Float32Array;
  /** The recording from its beginning. */
  readonly blocks: AudioBlocks;
};

/**
 * Listens to a recording until there are 30 s of speech to tell its language by.
 *
 * @param clips speech outside is passed over
 * @throws what the audio throws; ModelError; CanceledError
 */
export async function listenForLanguage(
  vad: Session,
  blocks: AudioBlocks,
  clips: readonly Segment[] | undefined,
  signal: AbortSignal | undefined,
): Promise<HeardSpeech> {
  const source = blocks[Symbol.asyncIterator]();
  const heard: Float32Array[] = [];
  const sound = new Float32Array(secondsToSamples(SOUND_SECONDS));
  let length = 0;
  try {
    for await (const { samples } of splitSpeech(vad, kept(source, heard), { ...PIECES, clips }, signal)) {
      const part = samples.subarray(0, sound.length - length);
      sound.set(part, length);
      length += part.length;
      if (length === sound.length) break;
    }
  } catch (error) {
    await source.return?.();
    throw error;
  }
  return { sound: sound.subarray(0, length), blocks: continued(heard, source) };
}

/** The first minutes of a stream, which is not ended with them. */
async function* kept(source: AsyncIterator<Float32Array, unknown>, heard: Float32Array[]): AudioBlocks {
  for (let samples = 0; samples < secondsToSamples(MOST_SECONDS);) {
    const next = await source.next();
    if (next.done === true) return;
    heard.push(next.value);
    samples += next.value.length;
    yield next.value;
  }
}
