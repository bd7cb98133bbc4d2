/**
 * Fits the calibration of a speaker encoder and makes its cohort: what `models/manifest.json` and `cohort.npy` hold. Fitted
 * on 40 speakers (LibriSpeech train-clean-100), reported on five others (test-other).
 *
 *   npx esbuild bench/fit-calibration.ts --bundle --platform=node --format=esm --packages=external \
 *     --define:import.meta.dirname='"/repository/bench"' --outfile=node_modules/.cache/fit-calibration.mjs
 *   node node_modules/.cache/fit-calibration.mjs [MODEL] [--write-cohort PATH]
 *
 * An encoder whose vectors are centred by condition hears each utterance under several conditions. Means come from one
 * half of the speakers and scores from the other, both ways: fitted on the same ones, a calibration would be too sure.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy } from '../core/array-files/npy.ts';
import { centredByNearestMean, type CentringMeans } from '../core/embedding/centring.ts';
import { dot } from '../core/math/vector.ts';
import {
  logLikelihoodRatioCost,
  minLogLikelihoodRatioCost,
} from '../core/metrics/verification/log-likelihood-ratio-cost.ts';
import {
  boundedLlr,
  type Calibration,
  CALIBRATION_METHODS,
  shortnessOf,
} from '../core/verification/scores/calibration.ts';
import { unitVector } from '../core/verification/scores/embedding-vector.ts';
import {
  fitCalibration,
  fitCalibrationByDuration,
  type ScoredTrials,
} from '../core/verification/scores/fit-calibration.ts';
import { sharedFolder } from '../test/support/shared.ts';
import type { ConditionName } from './conditions/conditions.ts';
import { degrade } from './conditions/degrade.ts';
import {
  embedCuts,
  openLabeler,
  readUtterances,
  type Sample,
  trialModels,
  type Utterance,
} from './speaker-trials.ts';

/** Speech of a sample for an encoder with one calibration: what callers record to be recognised. */
const FIT_SECONDS = 3;
const CUT_SECONDS = [1, 2, 3, 5];
const MAX_CUTS = 3;
/** A telephone, a codec, a room, two noises, far away: what a microphone is to be compared with. */
const FIT_CONDITIONS: readonly ConditionName[] = [
  'clean',
  'tel-mulaw',
  'tel-gsm',
  'opus8',
  'rev06',
  'pink10',
  'babble10',
  'far',
];

const [model = 'campplus-zh-en'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const data = join(sharedFolder, 'data');
const { encoder, scoring } = await trialModels(model);
const labeler = await openLabeler('both');
const training = await readUtterances(join(data, 'librispeech-train-clean-100'), labeler);
const test = await readUtterances(join(data, 'librispeech-test-other'), labeler);
const byCondition = (scoring.means?.rows ?? 1) > 1;

/** A cut under a condition. */
type Cut = Sample & { readonly condition: ConditionName };

async function cutsOf(
  utterances: readonly Utterance[],
  conditions: readonly ConditionName[],
): Promise<Cut[]> {
  const talkers = training.slice(0, 12).map(({ speech }) => speech);
  const cuts: Cut[] = [];
  for (const condition of conditions) {
    const heard = utterances.map((utterance, seed) => ({
      ...utterance,
      speech: degrade(utterance.speech.subarray(0, 16 * 16_000), condition, { seed, talkers }),
    }));
    for (const seconds of CUT_SECONDS) {
      const samples = await embedCuts(encoder, heard, seconds, MAX_CUTS);
      cuts.push(...samples.map((sample) => ({ ...sample, condition })));
    }
  }
  return cuts;
}

/** One mean of unit vectors for each condition. */
function meansOf(cuts: readonly Cut[]): CentringMeans {
  const conditions = [...new Set(cuts.map(({ condition }) => condition))];
  const columns = encoder.dimension;
  const data = new Float64Array(conditions.length * columns);
  conditions.forEach((condition, row) => {
    const own = cuts.filter((cut) => cut.condition === condition);
    for (const { vector } of own) {
      unitVector(vector).forEach((value, index) => (data[row * columns + index]! += value / own.length));
    }
  });
  return { data, rows: conditions.length, columns };
}

/** Scores of all pairs of cuts of these two lengths. */
function trialsOf(
  cuts: readonly Cut[],
  means: CentringMeans,
  secondsA: number,
  secondsB: number,
): ScoredTrials {
  const prepare = (seconds: number) =>
    cuts
      .filter((cut) => Math.round(cut.seconds) === seconds)
      .map(({ speaker, vector }) => ({ speaker, unit: centredByNearestMean(vector, means).unit }));
  const [as, bs] = [prepare(secondsA), prepare(secondsB)];
  const targets: number[] = [];
  const nonTargets: number[] = [];
  as.forEach((a, index) => {
    for (const b of secondsA === secondsB ? bs.slice(index + 1) : bs)
      (a.speaker === b.speaker ? targets : nonTargets).push(dot(a.unit, b.unit));
  });
  return { targets, nonTargets, shortness: shortnessOf(secondsA, secondsB) };
}

function joined(one: ScoredTrials, other: ScoredTrials): ScoredTrials {
  return {
    ...one,
    targets: [...one.targets, ...other.targets],
    nonTargets: [...one.nonTargets, ...other.nonTargets],
  };
}

async function fit(): Promise<{
  readonly method: string;
  readonly data: string;
  readonly calibration: Calibration;
}> {
  const speakers = `LibriSpeech train-clean-100, ${training.length} speakers`;
  const caution = 'read English, one session a speaker';
  if (!byCondition) {
    const cuts = await cutsOf(training, ['clean']);
    const { targets, nonTargets } = trialsOf(cuts, scoring.means!, FIT_SECONDS, FIT_SECONDS);
    const pairs = `${targets.length} target and ${nonTargets.length} non-target pairs`;
    return {
      method: CALIBRATION_METHODS[0],
      data: `${speakers}, cuts of ${FIT_SECONDS} s of speech: ${pairs}; ${caution}`,
      calibration: fitCalibration(targets, nonTargets),
    };
  }
  const cuts = await cutsOf(training, FIT_CONDITIONS);
  const names = [...new Set(training.map(({ speaker }) => speaker))];
  const half = (parity: number) => cuts.filter(({ speaker }) => names.indexOf(speaker) % 2 === parity);
  const [one, other] = [half(0), half(1)];
  const [ofOne, ofOther] = [meansOf(one), meansOf(other)];
  const lengths = CUT_SECONDS.flatMap((a, index) => CUT_SECONDS.slice(index).map((b) => [a, b] as const));
  const groups = lengths.map(([a, b]) => joined(trialsOf(one, ofOther, a, b), trialsOf(other, ofOne, a, b)));
  return {
    method: CALIBRATION_METHODS[1],
    data: `${speakers} under ${FIT_CONDITIONS.join(', ')}, cuts of ${CUT_SECONDS.join(', ')} s of speech and all pairs of lengths; condition means from one half of the speakers, scores of the other, both ways; ${caution}`,
    calibration: fitCalibrationByDuration(groups),
  };
}

const { method, data: fittedOn, calibration } = await fit();
const parameters = Object.fromEntries(
  Object.entries(calibration).map(([name, value]) => [name, Number(value.toFixed(3))]),
);
console.log(JSON.stringify({ method, data: fittedOn, parameters }, null, 2));

console.log('\ntest-other, 5 speakers          pairs (targets)   Cllr  minCllr');
for (const condition of byCondition ? FIT_CONDITIONS : (['clean'] as const)) {
  const cuts = await cutsOf(test, [condition]);
  for (const seconds of CUT_SECONDS) {
    const { targets, nonTargets, shortness } = trialsOf(cuts, scoring.means!, seconds, seconds);
    const llr = (score: number): number => boundedLlr(calibration, score, shortness);
    const cost = logLikelihoodRatioCost(targets.map(llr), nonTargets.map(llr));
    const least = minLogLikelihoodRatioCost(targets, nonTargets);
    const pairs = `${targets.length + nonTargets.length} (${targets.length})`;
    const what = `${condition}, ${seconds} s`.padStart(23);
    console.log(`${what}  ${pairs.padEnd(16)} ${cost.toFixed(4)}  ${least.toFixed(4)}`);
  }
}

const cohortPath = process.argv[process.argv.indexOf('--write-cohort') + 1];
if (process.argv.includes('--write-cohort') && cohortPath !== undefined) {
  const whole = await embedCuts(encoder, training, Infinity);
  const rows = Float32Array.from(whole.flatMap(({ vector }) => [...unitVector(vector)]));
  writeFileSync(cohortPath, encodeNpy({ shape: [whole.length, encoder.dimension], data: rows }));
  console.log(`\n${whole.length} vectors written to ${cohortPath}`);
}
