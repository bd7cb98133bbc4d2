import type { Segment, Turn } from '../../timeline/turns.ts';
import { scoreCells, type ScoredRecording } from './scored-cells.ts';
import { commonSeconds } from './speaker-mapping.ts';

/** Purity and coverage with the sums that they come from. */
export type PurityCoverage = {
  /** Share of the hypothesis speech that belongs to the main reference speaker of its cluster; 1 without any. */
  readonly purity: number;
  readonly purityTotalSeconds: number;
  readonly purityCorrectSeconds: number;
  /** Share of the reference speech that lies in the main cluster of its speaker; 1 without any. */
  readonly coverage: number;
  readonly coverageTotalSeconds: number;
  readonly coverageCorrectSeconds: number;
};

/**
 * How clean the clusters are (purity) and how whole the speakers stay (coverage); no mapping, no collar.
 *
 * Definitions of pyannote.metrics (a speaker who overlaps itself counts once here), except that a UEM is honoured:
 * pyannote.metrics 4.2.0 accepts one and ignores it.
 *
 * @throws InvalidInputError `invalid_option` for times that are not finite
 */
export function purityCoverage(
  reference: readonly Turn[],
  hypothesis: readonly Turn[],
  options: { readonly uem?: readonly Segment[] | undefined } = {},
): PurityCoverage {
  const recording = withoutSelfOverlap(scoreCells(reference, hypothesis, { uem: options.uem }));
  const common = commonSeconds(recording);
  const bestOfReference = new Float64Array(common.rows);
  const bestOfHypothesis = new Float64Array(common.columns);
  for (const [index, seconds] of common.data.entries()) {
    const row = Math.floor(index / common.columns);
    const column = index % common.columns;
    bestOfReference[row] = Math.max(bestOfReference[row]!, seconds);
    bestOfHypothesis[column] = Math.max(bestOfHypothesis[column]!, seconds);
  }
  return sumPurityCoverage([
    {
      purityTotalSeconds: speechSeconds(recording, 'hypothesis'),
      purityCorrectSeconds: sumOf(bestOfHypothesis),
      coverageTotalSeconds: speechSeconds(recording, 'reference'),
      coverageCorrectSeconds: sumOf(bestOfReference),
    },
  ]);
}

/** Purity and coverage of several recordings: the seconds are summed. */
export function sumPurityCoverage(
  parts: readonly Omit<PurityCoverage, 'purity' | 'coverage'>[],
): PurityCoverage {
  let [purityTotalSeconds, purityCorrectSeconds, coverageTotalSeconds, coverageCorrectSeconds] = [0, 0, 0, 0];
  for (const part of parts) {
    purityTotalSeconds += part.purityTotalSeconds;
    purityCorrectSeconds += part.purityCorrectSeconds;
    coverageTotalSeconds += part.coverageTotalSeconds;
    coverageCorrectSeconds += part.coverageCorrectSeconds;
  }
  return {
    purity: purityTotalSeconds === 0 ? 1 : purityCorrectSeconds / purityTotalSeconds,
    purityTotalSeconds,
    purityCorrectSeconds,
    coverage: coverageTotalSeconds === 0 ? 1 : coverageCorrectSeconds / coverageTotalSeconds,
    coverageTotalSeconds,
    coverageCorrectSeconds,
  };
}

/** Each active speaker once a cell, however many of its turns cover it. */
function withoutSelfOverlap(recording: ScoredRecording): ScoredRecording {
  const cells = recording.cells.map(({ seconds, reference, hypothesis }) => ({
    seconds,
    reference: [...new Set(reference)],
    hypothesis: [...new Set(hypothesis)],
  }));
  return { ...recording, cells };
}

/** Speech of all speakers of one side; overlap counts once for each speaker. */
function speechSeconds(recording: ScoredRecording, side: 'reference' | 'hypothesis'): number {
  return recording.cells.reduce((sum, cell) => sum + cell.seconds * cell[side].length, 0);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
