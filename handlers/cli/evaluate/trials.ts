/** `colloquy evaluate --trials`: how good scores of speaker verification are. */
import { basename } from 'node:path';
import { InvalidInputError } from '../../../core/errors.ts';
import { writeCsv } from '../../../core/formats/tables/csv.ts';
import { formatFixed } from '../../../core/formats/writing/fixed-decimal.ts';
import { detectionCurve } from '../../../core/metrics/verification/detection-curve.ts';
import { verificationError } from '../../../core/metrics/verification/verification-error.ts';
import { writeWhole } from '../../work/files/pending-file.ts';
import { renderDetPicture } from './det-picture.ts';
import { readInputText } from '../../work/files/read-input-file.ts';

/** Scores of pairs of one speaker, and of two. */
export type TrialScores = { readonly targets: number[]; readonly nonTargets: number[] };

export type TrialsOptions = {
  readonly trials: string;
  /** Where the DET picture goes. */
  readonly det?: string | undefined;
  readonly format: 'table' | 'csv' | 'json';
};

const LABELS: Readonly<Record<string, keyof TrialScores>> = {
  '1': 'targets',
  target: 'targets',
  '0': 'nonTargets',
  nontarget: 'nonTargets',
  'non-target': 'nonTargets',
};

/**
 * Reads trials: a line each, the label (1 or target, 0 or nontarget) first, the score last, anything between them;
 * separated by spaces, tabs or commas. Empty lines and lines from `#` on are left out.
 *
 * @throws InvalidInputError `invalid_file` that names the line
 */
export function parseTrials(text: string, where: string): TrialScores {
  const scores: TrialScores = { targets: [], nonTargets: [] };
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const fields = line.trim().split(/[\s,]+/);
    if (fields[0] === '' || fields[0]!.startsWith('#')) continue;
    const kind = Object.hasOwn(LABELS, fields[0]!.toLowerCase())
      ? LABELS[fields[0]!.toLowerCase()]
      : undefined;
    const last = fields.length > 1 ? fields.at(-1)! : '';
    const score = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(last) ? Number(last) : NaN;
    if (kind === undefined || Number.isNaN(score)) {
      throw new InvalidInputError(
        'invalid_file',
        `${where}, line ${index + 1}: expected a label (1, 0, target or nontarget) first and a score last.`,
        { details: { line: index + 1 } },
      );
    }
    scores[kind].push(score);
  }
  return scores;
}

/** The figures of a list of trials by name; rates are fractions. */
export function trialFigures({ targets, nonTargets }: TrialScores): Record<string, number> {
  const error = verificationError(targets, nonTargets);
  return {
    targetCount: targets.length,
    nonTargetCount: nonTargets.length,
    equalErrorRate: error.equalError.linearRate,
    equalErrorRateConvexHull: error.equalError.convexHullRate,
    equalErrorThreshold: error.equalError.nearestPoint.threshold,
    ...Object.fromEntries(
      error.detectionCosts.flatMap(({ targetPrior, min, actual }) => [
        [`minDetectionCost@${targetPrior}`, min.normalisedCost],
        [`actualDetectionCost@${targetPrior}`, actual.normalisedCost],
      ]),
    ),
    logLikelihoodRatioCost: error.logLikelihoodRatioCost,
    minLogLikelihoodRatioCost: error.minLogLikelihoodRatioCost,
    areaUnderCurve: error.areaUnderCurve,
  };
}

/** Scores a file of trials; gives the report and writes the DET picture where one is asked for. */
export async function evaluateTrials({ trials, det, format }: TrialsOptions): Promise<string> {
  const where = basename(trials);
  const scores = parseTrials(await readInputText(trials), where);
  const figures = trialFigures(scores);
  if (det !== undefined) {
    const curve = detectionCurve(scores.targets, scores.nonTargets);
    await writeWhole(det, renderDetPicture(curve, `DET, ${where}`));
  }
  if (format === 'json') return `${JSON.stringify({ schemaVersion: 1, trials: figures }, null, 2)}\n`;
  if (format === 'csv') return writeCsv([Object.keys(figures), Object.values(figures)]);
  return asTable(figures);
}

const ROWS: readonly (readonly [string, string, 'percent' | 'number' | 'count'])[] = [
  ['targetCount', 'targets', 'count'],
  ['nonTargetCount', 'non-targets', 'count'],
  ['equalErrorRate', 'EER %', 'percent'],
  ['equalErrorRateConvexHull', 'EER % (convex hull)', 'percent'],
  ['equalErrorThreshold', 'threshold at EER', 'number'],
  ['minDetectionCost@0.01', 'minDCF, prior 0.01', 'number'],
  ['actualDetectionCost@0.01', 'actDCF, prior 0.01 *', 'number'],
  ['minDetectionCost@0.05', 'minDCF, prior 0.05', 'number'],
  ['actualDetectionCost@0.05', 'actDCF, prior 0.05 *', 'number'],
  ['logLikelihoodRatioCost', 'Cllr *', 'number'],
  ['minLogLikelihoodRatioCost', 'minCllr', 'number'],
  ['areaUnderCurve', 'area under ROC', 'number'],
];

function asTable(figures: Readonly<Record<string, number>>): string {
  const lines = ROWS.map(([key, heading, unit]) => {
    const value = figures[key]!;
    const shown =
      unit === 'count'
        ? String(value)
        : unit === 'percent'
          ? formatFixed(100 * value, 3)
          : formatFixed(value, 4);
    return `${heading.padEnd(22)} ${shown.padStart(12)}\n`;
  });
  return `${lines.join('')}* reads the scores as natural-log likelihood ratios\n`;
}
