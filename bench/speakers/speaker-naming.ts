/** Naming the speakers of `conversations/five-speakers` by voices that are enrolled from other utterances. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWav } from '../../core/audio/wav/wav-writer.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { readRttm } from '../../core/formats/annotations/rttm.ts';
import type { Turn } from '../../core/timeline/turns.ts';
import { displayName, type DiarizationResult } from '../../core/result/result.ts';
import { enroll } from '../../core/verification/enroll.ts';
import type { EnrolledVoice } from '../../core/verification/voices/voice.ts';
import { type ScoringModel, VoiceScorer } from '../../core/verification/scores/voice-scorer.ts';
import type { DiarizationSetup } from '../../core/engine/tasks/diarize-task.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import type { ConditionName } from '../conditions/conditions.ts';
import { degraded, samplesOf } from '../conditions/degraded-recording.ts';
import { scratch } from '../support/recordings.ts';
import { embedCuts, openLabeler, readUtterances, type TrialModels } from './speaker-trials.ts';

const conversation = join(sharedFolder, 'data/conversations/five-speakers');
const library = join(sharedFolder, 'data/librispeech-test-other');

/** One voice for each speaker, of the utterances that are not in the conversation. */
export async function enrollOthers({ encoder, scoring }: TrialModels): Promise<EnrolledVoice[]> {
  const used = new Set(
    (JSON.parse(readFileSync(`${conversation}.utterances.json`, 'utf8')) as { file: string }[]).map(
      ({ file }) => file,
    ),
  );
  const free = new Set(readdirSync(library).filter((file) => !used.has(file)));
  const utterances = (await readUtterances(library, await openLabeler('both'))).filter(({ file }) =>
    free.has(file),
  );
  const samples = await embedCuts(encoder, utterances, Infinity);
  const scorer = new VoiceScorer(scoring);
  return [...new Set(samples.map(({ speaker }) => speaker))].map((speaker) => {
    const own = samples.filter((sample) => sample.speaker === speaker);
    const vectors = own.map(({ vector }) => ({ vector: Float32Array.from(vector), quality: null }));
    return enroll(speaker, vectors, scorer, { now: new Date(0).toISOString() }).voice;
  });
}

/** The conversation as it sounds under a condition, as a file. */
export async function conversationUnder(condition: ConditionName): Promise<string> {
  const path = join(scratch, `five-speakers.${condition}.wav`);
  const heard = await degraded(await samplesOf(`${conversation}.flac`), condition);
  writeFileSync(path, encodeWav(heard, { sampleRate: 16_000 }));
  return path;
}

/** Diarizes the conversation with these voices known. */
export function nameConversation(
  engine: Engine,
  setup: DiarizationSetup,
  voices: readonly EnrolledVoice[],
  scoring: ScoringModel,
  path = `${conversation}.flac`,
): Promise<DiarizationResult> {
  const naming = { voices: voices.map(({ name, vector }) => ({ name, vector })), scoring };
  return engine.run('diarize', { ...setup, naming, options: {}, audio: { path } });
}

/**
 * Of the time in which one person alone speaks and the diarization hears one person alone, the share under the right
 * name. (The borders of the reference come from a level threshold; who misses speech is another question.)
 *
 * @param names the names that are right for each reference speaker; a label such as SPEAKER_04 for a stranger
 */
export function rightlyNamedShare(
  result: DiarizationResult,
  nameOf: (speaker: string) => string = (speaker) => speaker,
): number {
  const reference = [...readRttm(readFileSync(`${conversation}.rttm`, 'utf8')).values()].flat();
  const found = result.turns.map((turn) => ({
    ...turn,
    speaker: displayName(result.speakers, turn.speaker),
  }));
  let [heard, right] = [0, 0];
  for (let time = 0.005; time < result.durationSeconds; time += 0.01) {
    const [truth, other] = speakersAt(reference, time);
    const [name, second] = speakersAt(found, time);
    if (truth === undefined || other !== undefined || name === undefined || second !== undefined) continue;
    heard++;
    if (name === nameOf(truth)) right++;
  }
  return right / heard;
}

function speakersAt(turns: readonly Turn[], seconds: number): string[] {
  return turns
    .filter(({ startSeconds, endSeconds }) => startSeconds <= seconds && seconds < endSeconds)
    .map(({ speaker }) => speaker);
}
