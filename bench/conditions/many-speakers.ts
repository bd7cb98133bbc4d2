/** Conversations of more people than the recorded ones have. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../core/math/random.ts';
import type { Turn } from '../../core/timeline/turns.ts';
import type { SpeechLabeler } from '../../core/verification/speech/labeled-audio.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import { joined } from '../../test/support/signals.ts';
import { readUtterances } from '../speakers/speaker-trials.ts';

const RATE = 16_000;
const TURNS_EACH = 4;
const TURN_SECONDS = 2.5;
const PAUSE_SAMPLES = 0.4 * RATE;

export type Conversation = { readonly samples: Float32Array; readonly turns: readonly Turn[] };

/**
 * Speakers of train-clean-100 take turns of 2.5 s of speech, each four times, nobody twice in a row. The same for a seed.
 *
 * The condition means of CAM++ and its two covariances were fitted on these forty people, so voices are told apart a
 * little better than those of strangers.
 *
 * @param count of speakers
 */
export async function conversationOf(
  count: number,
  seed: number,
  labeler: SpeechLabeler,
): Promise<Conversation> {
  const folder = join(sharedFolder, 'data/librispeech-train-clean-100');
  const random = createRandom(seed);
  const files = readdirSync(folder).filter((file) => file.endsWith('.flac'));
  const chosen = new Set(shuffled(files.sort(), random).slice(0, 2 * count + 8));
  const utterances = await readUtterances(folder, labeler, (file) => chosen.has(file));
  const long = utterances.filter(({ speech }) => speech.length >= TURNS_EACH * TURN_SECONDS * RATE);
  const speakers = long.slice(0, count);
  const parts: Float32Array[] = [];
  const turns: Turn[] = [];
  let time = 0;
  for (const { index, round } of order(count, random)) {
    const { speech, speaker } = speakers[index]!;
    const from = round * TURN_SECONDS * RATE;
    const said = speech.subarray(from, from + TURN_SECONDS * RATE);
    const startSeconds = time / RATE;
    turns.push({ speaker, startSeconds, endSeconds: startSeconds + TURN_SECONDS });
    parts.push(said, new Float32Array(PAUSE_SAMPLES));
    time += said.length + PAUSE_SAMPLES;
  }
  return { samples: joined(...parts), turns };
}

/** Everybody once a round, in a new order each; the first of a round is not the last of the one before. */
function order(count: number, random: () => number): { index: number; round: number }[] {
  const all: { index: number; round: number }[] = [];
  for (let round = 0; round < TURNS_EACH; round++) {
    const indices = shuffled(
      Array.from({ length: count }, (_, index) => index),
      random,
    );
    if (indices[0] === all.at(-1)?.index) indices.reverse();
    all.push(...indices.map((index) => ({ index, round })));
  }
  return all;
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const left = [...values];
  return values.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}
