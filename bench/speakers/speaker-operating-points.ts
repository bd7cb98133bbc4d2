/** How often a threshold errs: the table of docs/speakers.md, which a person reads who has to choose one. */
import { join } from 'node:path';
import { enroll } from '../../core/verification/enroll.ts';
import { reaches, type Threshold } from '../../core/verification/scores/threshold.ts';
import type { VoiceScore } from '../../core/verification/scores/voice-score.ts';
import { type PreparedVoice, VoiceScorer } from '../../core/verification/scores/voice-scorer.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import { embedCuts, openLabeler, readUtterances, type Sample, trialModels } from './speaker-trials.ts';
import { type Benchmark, percent, type Row } from '../support/row.ts';

const CUT_SECONDS = [1, 2, 3, 5, Infinity];
const MAX_CUTS = 8;
/** Utterances that a voice is made of; the others are asked about. */
const ENROLLED = 3;
const THRESHOLDS: readonly Threshold[] = [
  { scale: 'llr', value: 0 },
  { scale: 'llr', value: 2.2 },
  { scale: 'llr', value: 4.6 },
  { scale: 'llr', value: 6.9 },
  { scale: 'as-norm', value: 4 },
];

type Trial = { readonly isTarget: boolean; readonly score: VoiceScore };

export const operatingPoints: Benchmark = {
  name: 'operating-points',
  measure: async () => {
    const { encoder, scoring } = await trialModels();
    const folder = join(sharedFolder, 'data/librispeech-test-other');
    const utterances = await readUtterances(folder, await openLabeler('both'));
    const whole = await embedCuts(encoder, utterances, Infinity);
    const scorer = new VoiceScorer(scoring);
    const rows: Row[] = [];
    for (const seconds of CUT_SECONDS) {
      const cuts = seconds === Infinity ? whole : await embedCuts(encoder, utterances, seconds, MAX_CUTS);
      const length = seconds === Infinity ? 'whole utterances' : `${seconds} s`;
      rows.push(
        rowOf(`${length} against ${length}`, pairTrials(cuts, scorer)),
        rowOf(`${length} against a voice of ${ENROLLED} utterances`, voiceTrials(whole, cuts, scorer)),
      );
    }
    return rows;
  },
};

/** All pairs of different utterances. */
function pairTrials(cuts: readonly Sample[], scorer: VoiceScorer): Trial[] {
  const prepared = cuts.map(({ vector, file, seconds }) => scorer.prepare(vector, file, seconds));
  return cuts.flatMap((a, index) =>
    cuts.slice(index + 1).flatMap((b, offset) => {
      if (a.file === b.file) return [];
      const score = scorer.score(prepared[index]!, prepared[index + 1 + offset]!);
      return [{ isTarget: a.speaker === b.speaker, score }];
    }),
  );
}

/** Every cut of an utterance that no voice was made of, against every voice. */
function voiceTrials(whole: readonly Sample[], cuts: readonly Sample[], scorer: VoiceScorer): Trial[] {
  const voices = new Map<string, PreparedVoice>();
  const enrolledFiles = new Set<string>();
  for (const speaker of new Set(whole.map((sample) => sample.speaker))) {
    const own = whole.filter((sample) => sample.speaker === speaker).slice(0, ENROLLED);
    const samples = own.map(({ vector }) => ({ vector: Float32Array.from(vector), quality: null }));
    const { voice } = enroll(speaker, samples, scorer, { now: new Date(0).toISOString() });
    const speechSeconds = own.reduce((sum, { seconds }) => sum + seconds, 0);
    voices.set(speaker, scorer.prepare(voice.vector, speaker, speechSeconds));
    for (const { file } of own) enrolledFiles.add(file);
  }
  return cuts
    .filter(({ file }) => !enrolledFiles.has(file))
    .flatMap(({ vector, file, speaker, seconds }) => {
      const sample = scorer.prepare(vector, file, seconds);
      return [...voices].map(([name, voice]) => ({
        isTarget: name === speaker,
        score: scorer.score(voice, sample),
      }));
    });
}

function rowOf(what: string, trials: readonly Trial[]): Row {
  const targets = trials.filter(({ isTarget }) => isTarget);
  const nonTargets = trials.filter(({ isTarget }) => !isTarget);
  const rates = THRESHOLDS.map((threshold) => {
    const accepted = nonTargets.filter(({ score }) => reaches(score, threshold)).length;
    const rejected = targets.filter(({ score }) => !reaches(score, threshold)).length;
    const shares = `${percent(accepted / nonTargets.length)} / ${percent(rejected / targets.length)}`;
    return `${threshold.scale} ${threshold.value}: ${shares}`;
  });
  return {
    what: `false accept / false reject, ${what}: ${nonTargets.length} pairs of two, ${targets.length} of one`,
    target: '–',
    measured: rates.join('; '),
  };
}
