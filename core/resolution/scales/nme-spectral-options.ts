import { InvalidInputError } from '../../errors.ts';
import type { ScaleClusteringOptions } from '../nme-spectral/cluster-scales.ts';

/**
 * NeMo's clustering of segments at several scales. Needs observations of scales; `speakers` of the search is the caller's
 * bound on the number of speakers.
 */
export type NmeSpectralClusteringOptions = Omit<
  ScaleClusteringOptions,
  'speakers' | 'neighbourShare' | 'everyTrial'
> & {
  /** @default 'nme-spectral' */
  readonly method: 'nme-spectral';
  /** How much each scale counts, the longest first; NeMo: 1 each. @default 1 each, of six scales */
  readonly scaleWeights: readonly number[];
};

/**
 * `diar_infer_meeting.yaml` of NeMo 2.7.3 but for long sessions and for `anchorCountSize` (there 80): the count of
 * short sessions by made-up speakers is a lottery (`countWithAnchors`).
 */
export const DEFAULT_NME_SPECTRAL_OPTIONS: NmeSpectralClusteringOptions = Object.freeze({
  method: 'nme-spectral',
  scaleWeights: [1, 1, 1, 1, 1, 1],
  maxSpeakers: 8,
  maxNeighbourShare: 0.25,
  searchSteps: 30,
  sampleSize: 512,
  majorityCount: false,
  kMeansTrials: 1,
  anchorCountSize: 0,
  // NeMo merges pieces of 10,000, which loses speakers.
  longSessions: 'sampled',
  segmentsPerPiece: 4_000,
  clustersPerPiece: 50,
});

/** @throws InvalidInputError `invalid_option` */
export function checkNmeSpectralOptions(options: NmeSpectralClusteringOptions): void {
  const ranges: Readonly<Record<string, readonly [number, number]>> = {
    maxSpeakers: [1, 1000],
    maxNeighbourShare: [0.001, 1],
    searchSteps: [2, Infinity],
    sampleSize: [8, 10_000],
    kMeansTrials: [1, 100],
    anchorCountSize: [0, 10_000],
    // Affinities of a piece take 4 bytes a pair: 400 MB.
    segmentsPerPiece: [64, 10_000],
    clustersPerPiece: [2, 10_000],
  };
  for (const [name, [lowest, highest]] of Object.entries(ranges)) {
    const value = options[name as keyof NmeSpectralClusteringOptions] as number;
    if (value >= lowest && value <= highest) continue;
    throw invalid(name, `a number from ${lowest} to ${highest}`, String(value));
  }
  if (!['sampled', 'merged', undefined].includes(options.longSessions)) {
    throw invalid('longSessions', 'sampled or merged', String(options.longSessions));
  }
  if (options.scaleWeights.some((weight) => !(weight >= 0 && weight < Infinity))) {
    throw invalid('scaleWeights', 'numbers from 0 up', JSON.stringify(options.scaleWeights));
  }
}

function invalid(option: string, expected: string, got: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `Expected ${option} to be ${expected}, got ${got}.`, {
    details: { option },
  });
}
