/**
 * Fits the calibration of GE2E and makes its cohort: what `models/manifest.json` and `models/embedded/ge2e/cohort.npy`
 * hold. Fitted on 40 speakers (LibriSpeech train-clean-100), reported on five others (test-other).
 *
 *   npx esbuild bench/fit-calibration.ts --bundle --platform=node --format=esm --external:onnxruntime-node \
 *     --external:fluent-ffmpeg --outfile=node_modules/.cache/fit-calibration.mjs
 *   node node_modules/.cache/fit-calibration.mjs [--write-cohort PATH]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy, parseNpy } from '../core/array-files/npy.ts';
import {
  logLikelihoodRatioCost,
  minLogLikelihoodRatioCost,
} from '../core/metrics/verification/log-likelihood-ratio-cost.ts';
import { boundedLlr, CALIBRATION_METHOD } from '../core/verification/scores/calibration.ts';
import { unitVector } from '../core/verification/scores/embedding-vector.ts';
import { fitCalibration } from '../core/verification/scores/fit-calibration.ts';
import { dot } from '../core/math/vector.ts';
import { sharedFolder } from '../test/support/shared.ts';
import {
  allPairs,
  embedCuts,
  openLabeler,
  readUtterances,
  type Sample,
  trialModels,
  type TrialScores,
} from './speaker-trials.ts';

/** Speech of a sample: what callers record to be recognised, and where the scores of both kinds still touch. */
const FIT_SECONDS = 3;
const MAX_CUTS = 8;
const REPORT_SECONDS = [1, 2, 3, 5];

const data = join(sharedFolder, 'data');
const { encoder } = await trialModels('ge2e');
const labeler = await openLabeler('both');
const training = await readUtterances(join(data, 'librispeech-train-clean-100'), labeler);
const test = await readUtterances(join(data, 'librispeech-test-other'), labeler);
const centre = parseNpy(readFileSync('models/embedded/ge2e/mean.npy')).data as Float32Array;

function centredScores(samples: readonly Sample[]): TrialScores {
  const prepared = new Map(
    samples.map((sample) => {
      const unit = unitVector(sample.vector);
      return [sample, unitVector(unit.map((value, index) => value - centre[index]!))];
    }),
  );
  return allPairs(samples, (a, b) => dot(prepared.get(a)!, prepared.get(b)!));
}

const fitted = centredScores(await embedCuts(encoder, training, FIT_SECONDS, MAX_CUTS));
const calibration = fitCalibration(fitted.targets, fitted.nonTargets);
const round = (value: number): number => Number(value.toFixed(3));
const entry = {
  method: CALIBRATION_METHOD,
  data: `LibriSpeech train-clean-100, 40 speakers, cuts of ${FIT_SECONDS} s of speech: ${fitted.targets.length} target and ${fitted.nonTargets.length} non-target pairs; read English, one session a speaker`,
  parameters: {
    scale: round(calibration.scale),
    offset: round(calibration.offset),
    minLlr: round(calibration.minLlr),
    maxLlr: round(calibration.maxLlr),
  },
};
console.log(JSON.stringify(entry, null, 2));
console.log(`likelihood ratio 1 at cosine ${(-entry.parameters.offset / entry.parameters.scale).toFixed(3)}`);

console.log('\ntest-other, 5 speakers  pairs (targets)   Cllr  minCllr');
for (const seconds of REPORT_SECONDS) {
  const { targets, nonTargets } = centredScores(await embedCuts(encoder, test, seconds, MAX_CUTS));
  const llr = (score: number): number => boundedLlr(entry.parameters, score);
  const cost = logLikelihoodRatioCost(targets.map(llr), nonTargets.map(llr));
  const least = minLogLikelihoodRatioCost(targets, nonTargets);
  const pairs = `${targets.length + nonTargets.length} (${targets.length})`;
  console.log(`${`${seconds} s`.padStart(23)}  ${pairs.padEnd(16)} ${cost.toFixed(4)}  ${least.toFixed(4)}`);
}

const cohortPath = process.argv[process.argv.indexOf('--write-cohort') + 1];
if (process.argv.includes('--write-cohort') && cohortPath !== undefined) {
  const whole = await embedCuts(encoder, training, Infinity);
  const rows = Float32Array.from(whole.flatMap(({ vector }) => [...unitVector(vector)]));
  writeFileSync(cohortPath, encodeNpy({ shape: [whole.length, encoder.dimension], data: rows }));
  console.log(`\n${whole.length} vectors written to ${cohortPath}`);
}
