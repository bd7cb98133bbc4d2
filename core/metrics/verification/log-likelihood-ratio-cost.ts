import { checkScores } from './detection-curve.ts';

/**
 * Cllr in bits: how much information the scores, read as natural-log likelihood ratios, fall short by, over all
 * operating points. 0 is perfect, 1 is a system that always says 0.
 *
 * @throws InvalidInputError `invalid_option` for lists that are empty or hold NaN
 * @see N. Brümmer, J. du Preez, "Application-independent evaluation of speaker detection", CSL 20, 2006
 */
export function logLikelihoodRatioCost(targets: readonly number[], nonTargets: readonly number[]): number {
  checkScores(targets, nonTargets);
  const targetBits = targets.reduce((sum, score) => sum + softplus(-score), 0) / targets.length;
  const nonTargetBits = nonTargets.reduce((sum, score) => sum + softplus(score), 0) / nonTargets.length;
  return (targetBits + nonTargetBits) / 2 / Math.LN2;
}

/** minCllr: the cost that is left after the best monotonic calibration, so what the order of the scores costs. */
export function minLogLikelihoodRatioCost(targets: readonly number[], nonTargets: readonly number[]): number {
  const calibrated = optimalLogLikelihoodRatios(targets, nonTargets);
  return logLikelihoodRatioCost(calibrated.targets, calibrated.nonTargets);
}

/**
 * Likelihood ratios by the best monotonic calibration on the scores themselves: pool adjacent violators, equal scores
 * pooled first.
 *
 * @returns natural logarithms in the order of the scores; ±Infinity where a run holds one kind only
 * @throws InvalidInputError `invalid_option` for lists that are empty or hold NaN
 */
export function optimalLogLikelihoodRatios(
  targets: readonly number[],
  nonTargets: readonly number[],
): { readonly targets: number[]; readonly nonTargets: number[] } {
  checkScores(targets, nonTargets);
  const priorLogOdds = Math.log(targets.length / nonTargets.length);
  const counts = countByScore(targets, nonTargets);
  const pools = poolAdjacentViolators(counts);
  const ratios = new Map<number, number>();
  for (const [index, pool] of pools.entries()) {
    const ratio = Math.log(pool.targetCount / pool.nonTargetCount) - priorLogOdds;
    const end = pools[index + 1]?.firstScore ?? counts.length;
    for (let score = pool.firstScore; score < end; score += 1) ratios.set(counts[score]!.score, ratio);
  }
  return {
    targets: targets.map((score) => ratios.get(score)!),
    nonTargets: nonTargets.map((score) => ratios.get(score)!),
  };
}

/** How many trials of either kind have a score. */
type Counts = { targetCount: number; nonTargetCount: number };

/** Trials that get one ratio: those from `firstScore`, an index, to the first score of the next pool. */
type Pool = Counts & { firstScore: number };

/** Trials by distinct score, rising. */
function countByScore(
  targets: readonly number[],
  nonTargets: readonly number[],
): (Counts & { score: number })[] {
  const counts = new Map<number, Counts>();
  const countOf = (score: number): Counts => {
    const count = counts.get(score) ?? { targetCount: 0, nonTargetCount: 0 };
    counts.set(score, count);
    return count;
  };
  for (const score of targets) countOf(score).targetCount += 1;
  for (const score of nonTargets) countOf(score).nonTargetCount += 1;
  return [...counts].sort(([a], [b]) => a - b).map(([score, count]) => ({ score, ...count }));
}

/** Joins neighbours until the share of targets rises from pool to pool. */
function poolAdjacentViolators(counts: readonly Counts[]): Pool[] {
  const pools: Pool[] = [];
  for (const [firstScore, { targetCount, nonTargetCount }] of counts.entries()) {
    const last = { firstScore, targetCount, nonTargetCount };
    while (pools.length > 0 && targetShareNotBelow(pools.at(-1)!, last)) {
      const previous = pools.pop()!;
      last.firstScore = previous.firstScore;
      last.targetCount += previous.targetCount;
      last.nonTargetCount += previous.nonTargetCount;
    }
    pools.push(last);
  }
  return pools;
}

/** Compared by counts, so without rounding. */
function targetShareNotBelow(a: Pool, b: Pool): boolean {
  return a.targetCount * b.nonTargetCount >= b.targetCount * a.nonTargetCount;
}

/** ln(1 + e^x) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
