/** Cuts of speech under recording conditions, and the scores of their pairs. */
import { centredByNearestMean, type CentringMeans, meanDistance } from '../../core/embedding/centring.ts';
import type { UtteranceEncoder } from '../../core/embedding/utterance-encoder.ts';
import { dot } from '../../core/math/vector.ts';
import { shortnessOf } from '../../core/verification/scores/calibration.ts';
import { unitVector } from '../../core/verification/scores/embedding-vector.ts';
import type { ScoredTrials, ScoresByKind } from '../../core/verification/scores/fit-calibration.ts';
import type { ConditionName } from '../conditions/conditions.ts';
import { degrade } from '../conditions/degrade.ts';
import { embedCuts, type Sample, type Utterance } from './speaker-trials.ts';

/** Lengths of speech that scores are asked about. */
export const CUT_SECONDS: readonly number[] = [1, 2, 3, 5];
const MAX_CUTS = 3;

/** A microphone nearby, a telephone, a noise, a room. */
export const TRIAL_CONDITIONS: readonly ConditionName[] = ['clean', 'tel-mulaw', 'pink10', 'rev06'];

/** A cut under a condition. */
export type Cut = Sample & { readonly condition: ConditionName };

/** Cuts of the first 16 s of each utterance, made to sound as under each condition before it is cut. */
export async function cutsOf(
  encoder: UtteranceEncoder,
  utterances: readonly Utterance[],
  conditions: readonly ConditionName[],
  talkers: readonly Float32Array[] = [],
): Promise<Cut[]> {
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
export function meansOf(cuts: readonly Cut[]): CentringMeans {
  const conditions = [...new Set(cuts.map(({ condition }) => condition))];
  const columns = cuts[0]!.vector.length;
  const data = new Float64Array(conditions.length * columns);
  conditions.forEach((condition, row) => {
    const own = cuts.filter((cut) => cut.condition === condition);
    for (const { vector } of own) {
      unitVector(vector).forEach((value, index) => (data[row * columns + index]! += value / own.length));
    }
  });
  return { data, rows: conditions.length, columns };
}

/** Of one length, under one condition. */
export type Selection = { readonly condition: ConditionName; readonly seconds: number };

function centredCuts(cuts: readonly Cut[], { condition, seconds }: Selection, means: CentringMeans) {
  return cuts
    .filter((cut) => cut.condition === condition && Math.round(cut.seconds) === seconds)
    .map(({ speaker, vector }) => ({ speaker, ...centredByNearestMean(vector, means) }));
}

/** Scores of all pairs of a cut of one selection with a cut of another, or with another cut of the same. */
export function trialsOf(
  cuts: readonly Cut[],
  means: CentringMeans,
  selectionA: Selection,
  selectionB: Selection = selectionA,
): ScoredTrials {
  const isSame = selectionA.condition === selectionB.condition && selectionA.seconds === selectionB.seconds;
  const as = centredCuts(cuts, selectionA, means);
  const bs = isSame ? as : centredCuts(cuts, selectionB, means);
  const scores = { targets: [] as number[], nonTargets: [] as number[] };
  const conditionDistances = { targets: [] as number[], nonTargets: [] as number[] };
  as.forEach((a, index) => {
    for (const b of isSame ? bs.slice(index + 1) : bs) {
      const kind = a.speaker === b.speaker ? 'targets' : 'nonTargets';
      scores[kind].push(dot(a.unit, b.unit));
      conditionDistances[kind].push(meanDistance(means, a.meanIndex, b.meanIndex));
    }
  });
  return { ...scores, shortness: shortnessOf(selectionA.seconds, selectionB.seconds), conditionDistances };
}

export function joinedTrials(one: ScoredTrials, other: ScoredTrials): ScoredTrials {
  const both = (a: ScoresByKind, b: ScoresByKind): ScoresByKind => ({
    targets: [...a.targets, ...b.targets],
    nonTargets: [...a.nonTargets, ...b.nonTargets],
  });
  const conditionDistances = both(one.conditionDistances, other.conditionDistances);
  return { ...one, ...both(one, other), conditionDistances };
}

/** Every selection with itself and with those after it. */
export function pairsOf(selections: readonly Selection[]): (readonly [Selection, Selection])[] {
  return selections.flatMap((a, index) => selections.slice(index).map((b) => [a, b] as const));
}
