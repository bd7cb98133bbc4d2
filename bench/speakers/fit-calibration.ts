/**
 * Fits the calibration of a speaker encoder and makes its cohort: what `models/manifest.json` and `cohort.npy` hold. Fitted
 * on 40 speakers (LibriSpeech train-clean-100); `npm run bench -- speaker-conditions` measures it on five others.
 *
 *   npx esbuild bench/speakers/fit-calibration.ts --bundle --platform=node --format=esm --packages=external \
 *     --define:import.meta.dirname='"/repository/bench"' --outfile=node_modules/.cache/fit-calibration.mjs
 *   node node_modules/.cache/fit-calibration.mjs [MODEL] [--write-cohort PATH]
 *
 * An encoder whose vectors are centred by condition hears each utterance under several conditions. Means come from one
 * half of the speakers and scores from the other, both ways: fitted on the same ones, a calibration would be too sure.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeNpy } from '../../core/array-files/npy.ts';
import { type Calibration, CALIBRATION_METHODS } from '../../core/verification/scores/calibration.ts';
import { unitVector } from '../../core/verification/scores/embedding-vector.ts';
import { fitCalibration, fitCalibrationByDuration } from '../../core/verification/scores/fit-calibration.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import {
  CUT_SECONDS,
  cutsOf,
  joinedTrials,
  meansOf,
  pairsOf,
  TRIAL_CONDITIONS,
  trialsOf,
} from './calibration-trials.ts';
import { embedCuts, openLabeler, readUtterances, trialModels } from './speaker-trials.ts';

/** Speech of a sample for an encoder with one calibration: what callers record to be recognised. */
const FIT_SECONDS = 3;
/**
 * Two utterances of train-clean-100 begin with two seconds of somebody else: their cuts before and after have cosines
 * around 0, within each side above 0.6; no other utterance has a pair of 2 s cuts below 0.4.
 */
const TWO_VOICES: readonly string[] = ['1898', '1502'];

const [model = 'campplus-zh-en'] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const { encoder, scoring } = await trialModels(model);
const folder = join(sharedFolder, 'data/librispeech-train-clean-100');
const all = await readUtterances(folder, await openLabeler('both'));
const training = all.filter(({ speaker }) => !TWO_VOICES.includes(speaker));
const byCondition = (scoring.means?.rows ?? 1) > 1;

async function fit(): Promise<{
  readonly method: string;
  readonly data: string;
  readonly calibration: Calibration;
}> {
  const speakers = `LibriSpeech train-clean-100, ${training.length} speakers`;
  const caution = 'read English, one session a speaker';
  if (!byCondition) {
    const cuts = await cutsOf(encoder, training, ['clean']);
    const { targets, nonTargets } = trialsOf(cuts, scoring.means!, {
      condition: 'clean',
      seconds: FIT_SECONDS,
    });
    const pairs = `${targets.length} target and ${nonTargets.length} non-target pairs`;
    return {
      method: CALIBRATION_METHODS[0],
      data: `${speakers}, cuts of ${FIT_SECONDS} s of speech: ${pairs}; ${caution}`,
      calibration: fitCalibration(targets, nonTargets),
    };
  }
  const cuts = await cutsOf(encoder, training, TRIAL_CONDITIONS);
  const names = [...new Set(training.map(({ speaker }) => speaker))];
  const half = (parity: number) => cuts.filter(({ speaker }) => names.indexOf(speaker) % 2 === parity);
  const [one, other] = [half(0), half(1)];
  const [ofOne, ofOther] = [meansOf(one), meansOf(other)];
  const selections = TRIAL_CONDITIONS.flatMap((condition) =>
    CUT_SECONDS.map((seconds) => ({ condition, seconds })),
  );
  const groups = pairsOf(selections).map(([a, b]) =>
    joinedTrials(trialsOf(one, ofOther, a, b), trialsOf(other, ofOne, a, b)),
  );
  return {
    method: CALIBRATION_METHODS[2],
    data: `${speakers} under ${TRIAL_CONDITIONS.join(', ')}, cuts of ${CUT_SECONDS.join(', ')} s of speech, all pairs of lengths and conditions; condition means from one half of the speakers, scores of the other, both ways; ${caution}`,
    calibration: fitCalibrationByDuration(groups),
  };
}

const { method, data: fittedOn, calibration } = await fit();
const parameters = Object.fromEntries(
  Object.entries(calibration).map(([name, value]) => [name, Number(value.toFixed(3))]),
);
console.log(JSON.stringify({ method, data: fittedOn, parameters }, null, 2));

const cohortPath = process.argv[process.argv.indexOf('--write-cohort') + 1];
if (process.argv.includes('--write-cohort') && cohortPath !== undefined) {
  const whole = await embedCuts(encoder, all, Infinity);
  const rows = Float32Array.from(whole.flatMap(({ vector }) => [...unitVector(vector)]));
  writeFileSync(cohortPath, encodeNpy({ shape: [whole.length, encoder.dimension], data: rows }));
  console.log(`\n${whole.length} vectors written to ${cohortPath}`);
}
