/** A sample of a voice from a recording that is here: what one of its speakers says alone. */
import { Readable } from 'node:stream';
import { openAudio } from '../../../core/audio/decode.ts';
import { encodeWav } from '../../../core/audio/wav/wav-writer.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { aloneOf } from '../../../core/timeline/alone.ts';
import { SAMPLE_RATE, secondsToSamples } from '../../../core/timeline/sliding-window.ts';
import type { Segment } from '../../../core/timeline/turns.ts';
import { applyEdits } from '../../../core/transcript/edits/apply-edits.ts';
import { recordingResult } from '../desk/recording-result.ts';
import type { ServerContext } from '../server-context.ts';

/** Shorter ones begin and end with somebody else's breath. */
const LEAST_STRETCH_SECONDS = 0.8;
/** More says nothing new of a voice. */
const MOST_SECONDS = 60;

/** Whose voice. */
export type SpeakerOfJob = { readonly job: string; readonly speaker: string; readonly owner: string };

/** What they say alone, as a WAV file, and what it is called. */
export type SpeakerSound = { readonly file: Uint8Array<ArrayBuffer>; readonly name: string };

/**
 * The longest stretches in which they speak alone, at most a minute. Edits count: two labels that were made one are one
 * voice.
 *
 * @throws InputUnavailableError `not_found`; RequestError `conflict` for a job without a result; InvalidInputError
 *   `invalid_option` for a speaker who never speaks alone
 */
export async function soundOfSpeaker(
  { job, speaker, owner }: SpeakerOfJob,
  { desk, edits, recordings, services }: ServerContext,
  signal: AbortSignal,
): Promise<SpeakerSound> {
  const plain = recordingResult(await desk.result(job, owner), 0);
  const { result } = applyEdits(plain, (await edits.read(job, 0)).edits);
  const recording = desk.get(job, owner).recordings[0];
  const stretches = longest(aloneOf(result.turns, speaker));
  if (recording === undefined || stretches.length === 0) {
    throw new InvalidInputError(
      'invalid_option',
      'speaker: expected a speaker of the job who speaks alone somewhere, in a recording that is kept here.',
      { details: { option: 'speaker' } },
    );
  }
  recordings.get(recording, owner);
  // While it is read, nobody erases it.
  recordings.hold(recording);
  try {
    const audio = { path: recordings.audioPath(recording), name: 'the recording' };
    const { blocks } = await openAudio(audio, { limits: services.audioLimits, signal });
    const file = encodeWav(await soundOf(blocks, stretches), { sampleRate: SAMPLE_RATE });
    return { file, name: `${speaker} of ${recordings.shownName(recording)}` };
  } finally {
    recordings.release(recording);
  }
}

/**
 * The same as a file on the disk, which whoever asked for it takes over or removes.
 *
 * @throws as `soundOfSpeaker`
 */
export async function sampleOfSpeaker(
  whose: SpeakerOfJob,
  context: ServerContext,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly name: string }> {
  const { file, name } = await soundOfSpeaker(whose, context, signal);
  const { path } = await context.spool.write(Readable.from([file]), context.limits.maxFileBytes);
  return { path, name };
}

/** The longest stretches, by time, as long as more is of use. */
function longest(stretches: readonly Segment[]): Segment[] {
  const lengthOf = ({ startSeconds, endSeconds }: Segment): number => endSeconds - startSeconds;
  const taken: Segment[] = [];
  let left = MOST_SECONDS;
  for (const stretch of stretches.toSorted((a, b) => lengthOf(b) - lengthOf(a))) {
    const seconds = Math.min(left, lengthOf(stretch));
    if (seconds < LEAST_STRETCH_SECONDS) break;
    taken.push({ startSeconds: stretch.startSeconds, endSeconds: stretch.startSeconds + seconds });
    left -= seconds;
  }
  return taken.sort((a, b) => a.startSeconds - b.startSeconds);
}

/** The samples of all stretches, one after another; what is behind the last is not read. */
async function soundOf(
  blocks: AsyncIterable<Float32Array>,
  stretches: readonly Segment[],
): Promise<Float32Array> {
  const ranges = stretches.map(
    ({ startSeconds, endSeconds }) => [secondsToSamples(startSeconds), secondsToSamples(endSeconds)] as const,
  );
  const last = ranges.at(-1)?.[1] ?? 0;
  const parts: Float32Array[] = [];
  let start = 0;
  for await (const block of blocks) {
    for (const [from, to] of ranges) {
      const part = block.subarray(Math.max(0, from - start), Math.max(0, to - start));
      // Blocks are valid until the next one.
      if (part.length > 0) parts.push(part.slice());
    }
    start += block.length;
    if (start >= last) break;
  }
  const sound = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const part of parts) {
    sound.set(part, filled);
    filled += part.length;
  }
  return sound;
}
