/** Voices of one length and two recording conditions: how often they are taken for each other, and what scores say of it. */
import { join } from 'node:path';
import { detectionCurve } from '../../core/metrics/verification/detection-curve.ts';
import { equalError } from '../../core/metrics/verification/equal-error.ts';
import {
  logLikelihoodRatioCost,
  minLogLikelihoodRatioCost,
} from '../../core/metrics/verification/log-likelihood-ratio-cost.ts';
import { boundedLlr, type Calibration } from '../../core/verification/scores/calibration.ts';
import type { ScoredTrials, ScoresByKind } from '../../core/verification/scores/fit-calibration.ts';
import { sharedFolder } from '../../test/support/shared.ts';
import { CUT_SECONDS, cutsOf, TRIAL_CONDITIONS, trialsOf } from './calibration-trials.ts';
import { CONDITIONS, type ConditionName } from '../conditions/conditions.ts';
import { openLabeler, readUtterances, trialModels } from './speaker-trials.ts';
import { type Benchmark, percent, type Row } from '../support/row.ts';

const CLEAN_EXCESS = 0.05;
const DEGRADED_EXCESS = 0.1;

export const speakerConditions: Benchmark = {
  name: 'speaker-conditions',
  measure: async (only) => {
    const { encoder, scoring } = await trialModels();
    const folder = join(sharedFolder, 'data/librispeech-test-other');
    const utterances = await readUtterances(folder, await openLabeler('both'));
    const asked = (Object.keys(CONDITIONS) as ConditionName[]).filter((name) => only?.includes(name));
    const conditions = asked.length > 0 ? [...new Set<ConditionName>(['clean', ...asked])] : TRIAL_CONDITIONS;
    const cuts = await cutsOf(encoder, utterances, conditions);
    const alike = conditions.map((name) => [name, name] as const);
    const across = conditions.slice(1).map((name) => ['clean', name] as const);
    return [...alike, ...across].flatMap(([a, b]) =>
      CUT_SECONDS.map((seconds) => {
        const trials = trialsOf(cuts, scoring.means!, { condition: a, seconds }, { condition: b, seconds });
        return rowOf(`${a} against ${b}, ${seconds} s`, trials, scoring.calibration!, b === 'clean');
      }),
    );
  },
};

function rowOf(what: string, trials: ScoredTrials, calibration: Calibration, isClean: boolean): Row {
  const { targets, nonTargets } = trials;
  const cost = logLikelihoodRatioCost(
    llrs(trials, 'targets', calibration),
    llrs(trials, 'nonTargets', calibration),
  );
  const least = minLogLikelihoodRatioCost(targets, nonTargets);
  const rate = equalError(detectionCurve(targets, nonTargets)).linearRate;
  const most = isClean ? CLEAN_EXCESS : DEGRADED_EXCESS;
  return {
    what: `${what}, ${targets.length} and ${nonTargets.length} pairs: EER; Cllr, minCllr`,
    target: `Cllr − minCllr ≤ ${most}`,
    measured: `${percent(rate)}; ${cost.toFixed(3)}, ${least.toFixed(3)} (${(cost - least).toFixed(3)} more)`,
    met: cost - least <= most,
  };
}

function llrs(trials: ScoredTrials, kind: keyof ScoresByKind, calibration: Calibration): number[] {
  return trials[kind].map((score, index) => {
    const conditionDistance = trials.conditionDistances[kind][index]!;
    return boundedLlr(calibration, score, { shortness: trials.shortness, conditionDistance });
  });
}
