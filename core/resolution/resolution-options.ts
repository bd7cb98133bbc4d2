import { InvalidInputError } from '../errors.ts';
import { LINKAGE_METHODS, type LinkageMethod } from './linkage/agglomerative.ts';
import { MAX_LINKED_VECTORS } from './linkage/condensed-distances.ts';
import { checkNmeSpectralOptions, type NmeSpectralClusteringOptions } from './scales/nme-spectral-options.ts';
import type { SpeakerBounds } from './speaker-bounds.ts';

/** Agglomerative clustering cut at a distance, as in pyannote 3.1. */
export type AgglomerativeClusteringOptions = {
  /** @default 'agglomerative' */
  readonly method: 'agglomerative';
  /** @default 'centroid' */
  readonly linkage: LinkageMethod;
  /**
   * Where to cut. Belongs to the encoder. Centroid linkage: Euclidean distance of unit vectors (0 equal, √2
   * orthogonal); the others: cosine distance (0 equal, 1 orthogonal), as in pyannote.
   *
   * @default 0.7045654963945799, of WeSpeaker
   */
  readonly threshold: number;
  /**
   * Smaller clusters join the nearest large one. pyannote 3.1: 12 (windows a second apart, so about 12 s of speech).
   *
   * @default 12 embeddings
   */
  readonly minClusterSize: number;
  /**
   * In short recordings this share of all training embeddings is enough for a cluster. pyannote: 0.1.
   *
   * @default 0.1
   */
  readonly minClusterShare: number;
  /**
   * Two clusters stay apart when more than this share of the smaller one's embeddings come from a chunk in which the
   * other one speaks too. Centroid linkage only. Absent: chunks are not asked, as in pyannote.
   *
   * @default chunks are not asked, as in pyannote
   */
  readonly maxTogetherShare?: number;
  /**
   * More training embeddings than this are reduced before they are linked, see `reduceVectors`. At most 8,000.
   *
   * @default 4,000
   */
  readonly maxLinkedVectors: number;
};

/** Variational Bayes over PLDA features, started from an agglomerative clustering, as in community-1. */
export type VbxClusteringOptions = {
  /** @default 'vbx' */
  readonly method: 'vbx';
  /**
   * Cut of the first, agglomerative clustering (centroid linkage); too many clusters are fine. community-1: 0.6.
   *
   * @default 0.6
   */
  readonly threshold: number;
  /**
   * Fa: scale of the sufficient statistics; below 1, as neighbouring embeddings are not independent. community-1: 0.07.
   *
   * @default 0.07
   */
  readonly statisticsScale: number;
  /** Fb: higher values leave fewer speakers. community-1: 0.8. @default 0.8 */
  readonly speakerRegularization: number;
  /** community-1: 20. @default 20 */
  readonly maxIterations: number;
  /** Stops when the evidence lower bound gains less. VBx: 1e-4. @default 1e-4 */
  readonly minImprovement: number;
  /** Softmax temperature of the first responsibilities. VBx: 7. @default 7 */
  readonly initSmoothing: number;
  /** Speakers with a smaller prior are gone. community-1: 1e-7. @default 1e-7 */
  readonly minPrior: number;
  /** @default 4,000 */
  readonly maxLinkedVectors: number;
};

/**
 * Many small agglomerative clusters, then joined while a two-covariance model says that one speaker explains them better
 * than two. No distance between speakers is a threshold, so that telephone, rooms and noise, which bring all voices
 * nearer together, do not change the count.
 */
export type EvidenceClusteringOptions = {
  /** @default 'evidence' */
  readonly method: 'evidence';
  /** Cut of the first clusters (centroid linkage of centred unit vectors); too many of them are fine. @default 0.6 */
  readonly threshold: number;
  /** As for `agglomerative`; heeded by the first clusters and by the joins. @default 0.2 */
  readonly maxTogetherShare: number;
  /**
   * Embeddings of neighbouring windows are no independent ones: each counts for its hop's share of a window, and a
   * cluster for at most so many. More evidence than that would split speakers of long recordings, because a voice in
   * one channel comes no nearer to its mean however long it speaks. @default 6
   */
  readonly maxIndependent: number;
  /** Clusters are joined while the gain of evidence (natural logarithm) is above this. @default 0 */
  readonly leastGain: number;
  /** As for `agglomerative`. @default 12 embeddings */
  readonly minClusterSize: number;
  /** @default 0.1 */
  readonly minClusterShare: number;
  /** @default 4,000 */
  readonly maxLinkedVectors: number;
};

/** How speakers are found among embeddings. */
export type ClusteringOptions =
  | AgglomerativeClusteringOptions
  | VbxClusteringOptions
  | EvidenceClusteringOptions
  | NmeSpectralClusteringOptions;

/** How observations become turns. Presets are values of this type. */
export type ResolutionOptions = SpeakerBounds & {
  /** @default `DEFAULT_AGGLOMERATIVE_OPTIONS` */
  readonly clustering: ClusteringOptions;
  /** Two local speakers of a chunk never share a speaker. pyannote 3.1: false; community-1: true. @default true */
  readonly constrainedAssignment: boolean;
  /**
   * Only embeddings of local speakers alone for this share of a chunk form clusters. pyannote 4: 0.2.
   *
   * @default 0.2
   */
  readonly minAloneShare: number;
  /** Turns shorter than this are dropped. pyannote: 0. @default 0 s */
  readonly minDurationOnSeconds: number;
  /** Gaps of one speaker shorter than this are filled, before short turns are dropped. pyannote: 0. @default 0 s */
  readonly minDurationOffSeconds: number;
  /**
   * Slope from "how much nearer is the own centroid than the next" (difference of cosines) to log odds of being
   * right. Belongs to the encoder; it only shapes confidences. @default 5
   */
  readonly confidenceSlope: number;
  /**
   * `true`: exactly what pyannote.audio 4.0 does, its faults included. `false`: without them, namely
   * - no additional speakers where more people were counted than there are clusters;
   * - a local speaker without an embedding goes where its neighbours in time say, not to cluster 0;
   * - a local speaker that the constraint leaves over shares the nearest speaker instead of being dropped;
   * - equal evidence: whoever spoke in the frame before, then the lower cluster;
   * - no turn ends after the recording;
   * - labels by order of first speech;
   * - a given number of speakers is met whenever there are as many embeddings. @default false
   */
  readonly compatible: boolean;
};

/** pyannote 3.1's clustering but for the threshold, which belongs to the encoder; 0.7045654963945799 is WeSpeaker's. */
export const DEFAULT_AGGLOMERATIVE_OPTIONS: AgglomerativeClusteringOptions = Object.freeze({
  method: 'agglomerative',
  linkage: 'centroid',
  threshold: 0.7045654963945799,
  minClusterSize: 12,
  minClusterShare: 0.1,
  // About three quarters of an hour stay exact; 64 MB of distances, two seconds.
  maxLinkedVectors: 4_000,
});

/** community-1's clustering: `config.yaml` of pyannote/speaker-diarization-community-1, and constants of its VBx. */
export const DEFAULT_VBX_OPTIONS: VbxClusteringOptions = Object.freeze({
  method: 'vbx',
  threshold: 0.6,
  statisticsScale: 0.07,
  speakerRegularization: 0.8,
  maxIterations: 20,
  minImprovement: 1e-4,
  initSmoothing: 7,
  minPrior: 1e-7,
  maxLinkedVectors: 4_000,
});

/**
 * Of 48 conversations × conditions the count is right in 45 or 46 for any first cut from 0.5 to 0.7, most independent
 * vectors from 4 to infinity and least gain from -5 to 5 (docs/diarization.md).
 */
export const DEFAULT_EVIDENCE_OPTIONS: EvidenceClusteringOptions = Object.freeze({
  method: 'evidence',
  threshold: 0.6,
  maxTogetherShare: 0.2,
  maxIndependent: 6,
  leastGain: 0,
  minClusterSize: 12,
  minClusterShare: 0.1,
  maxLinkedVectors: 4_000,
});

/** Everything but the clustering: pyannote's values, its faults mended. */
export const DEFAULT_RESOLUTION_OPTIONS: ResolutionOptions = Object.freeze({
  clustering: DEFAULT_AGGLOMERATIVE_OPTIONS,
  constrainedAssignment: true,
  minAloneShare: 0.2,
  minDurationOnSeconds: 0,
  minDurationOffSeconds: 0,
  // Logistic regression on 250,000 frames of the twelve recordings of `pyannote-ge2e` with one speaker in reference
  // and hypothesis: 94 % right at margins of 0.4 to 0.6, 99.6 % at 0.6 to 0.8.
  confidenceSlope: 5,
  compatible: false,
});

/**
 * Checks every number before it is used; speaker bounds have their own check.
 *
 * @throws InvalidInputError `invalid_option`
 */
export function checkResolutionOptions(options: ResolutionOptions): void {
  const { clustering } = options;
  inRange('minAloneShare', options.minAloneShare, 0, 1);
  inRange('minDurationOnSeconds', options.minDurationOnSeconds, 0, Infinity);
  inRange('minDurationOffSeconds', options.minDurationOffSeconds, 0, Infinity);
  inRange('confidenceSlope', options.confidenceSlope, 0, Infinity);
  if (clustering.method === 'nme-spectral') {
    checkNmeSpectralOptions(clustering);
    return;
  }
  inRange('threshold', clustering.threshold, 0, 2);
  inRange('maxLinkedVectors', clustering.maxLinkedVectors, 2, MAX_LINKED_VECTORS);
  if (clustering.method === 'agglomerative') {
    if (!LINKAGE_METHODS.includes(clustering.linkage)) {
      throw new InvalidInputError(
        'invalid_option',
        `Expected linkage to be one of ${LINKAGE_METHODS.join(', ')}, got ${clustering.linkage as string}.`,
      );
    }
    checkClusterSizes(clustering);
  } else if (clustering.method === 'evidence') {
    inRange('maxIndependent', clustering.maxIndependent, Number.MIN_VALUE, Infinity);
    inRange('leastGain', clustering.leastGain, -Infinity, Infinity);
    checkClusterSizes(clustering);
  } else {
    inRange('statisticsScale', clustering.statisticsScale, Number.MIN_VALUE, Infinity);
    inRange('speakerRegularization', clustering.speakerRegularization, Number.MIN_VALUE, Infinity);
    inRange('maxIterations', clustering.maxIterations, 1, 1_000_000);
    inRange('minImprovement', clustering.minImprovement, 0, Infinity);
    // Below 0 a speaker's own vectors would begin as those of all others.
    inRange('initSmoothing', clustering.initSmoothing, 0, Infinity);
    inRange('minPrior', clustering.minPrior, 0, 1);
  }
}

function checkClusterSizes(
  clustering: Pick<EvidenceClusteringOptions, 'minClusterSize' | 'minClusterShare'> & {
    readonly maxTogetherShare?: number;
  },
): void {
  inRange('minClusterSize', clustering.minClusterSize, 1, Infinity);
  inRange('minClusterShare', clustering.minClusterShare, 0, 1);
  inRange('maxTogetherShare', clustering.maxTogetherShare ?? 0, 0, Infinity);
}

function inRange(name: string, value: number, lowest: number, highest: number): void {
  if (value >= lowest && value <= highest) return;
  throw new InvalidInputError(
    'invalid_option',
    `Expected ${name} from ${lowest} to ${highest}, got ${value}.`,
    { details: { option: name } },
  );
}
