/** Recordings of the shared folder as they sound under a condition. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openAudio } from '../../core/audio/decode.ts';
import type { Turn } from '../../core/timeline/turns.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import { joined } from '../../test/support/signals.ts';
import type { ConditionName } from './conditions.ts';
import { degrade } from './degrade.ts';

const TALKERS = join(sharedFolder, 'data/librispeech-train-clean-100');

/** 16 kHz mono samples of a file. */
export async function samplesOf(path: string): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const block of (await openAudio({ path })).blocks) blocks.push(block);
  return joined(...blocks);
}

/** What babble is made of; read once. */
let talkers: Promise<Float32Array[]> | undefined;

function readTalkers(): Promise<Float32Array[]> {
  const files = readdirSync(TALKERS)
    .filter((file) => file.endsWith('.flac'))
    .sort();
  talkers ??= Promise.all(files.slice(0, 16).map((file) => samplesOf(join(TALKERS, file))));
  return talkers;
}

/**
 * As a file of 16 bit would hold it: how quiet a recording may be is a question of its steps.
 *
 * @param turns who speaks when, for calls in which only some are on the phone
 */
export async function degraded(
  samples: Float32Array,
  condition: ConditionName,
  turns: readonly Turn[] = [],
): Promise<Float32Array> {
  const heard = degrade(samples, condition, { turns, talkers: await readTalkers() });
  return heard.map((sample) => Math.round(Math.min(1, Math.max(-1, sample)) * 32_767) / 32_768);
}
