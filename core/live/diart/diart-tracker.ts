import type { Matrix } from '../../math/matrix.ts';
import { DelayedAggregation } from './delayed-aggregation.ts';
import {
  DEFAULT_INCREMENTAL_CLUSTERING_OPTIONS,
  IncrementalClustering,
  type IncrementalClusteringOptions,
} from './incremental-clustering.ts';
import type { ScoreFrames } from './score-frames.ts';
import type { SpeakerMap } from './speaker-map.ts';
import { shiftTurns, turnsOfScores, type SpeakerTurn } from './turns-of-scores.ts';

/** Settings of diart's pipeline. */
export type DiartOptions = IncrementalClusteringOptions & {
  /** @default 5 s */
  readonly durationSeconds: number;
  /** @default 0.5 s */
  readonly stepSeconds: number;
  /** Age at which a region is told: from `stepSeconds` to `durationSeconds`. @default 0.5 s */
  readonly latencySeconds: number;
  /** Added to all times, for a file that was padded at its beginning. @default 0 s */
  readonly shiftSeconds: number;
};

/** As diart's class has them. */
export const DEFAULT_DIART_OPTIONS: DiartOptions = Object.freeze({
  ...DEFAULT_INCREMENTAL_CLUSTERING_OPTIONS,
  durationSeconds: 5,
  stepSeconds: 0.5,
  latencySeconds: 0.5,
  shiftSeconds: 0,
});

/**
 * Settings under diart's two doors: its class and its command line differ in `tauActive`.
 */
export const DIART_PRESETS = Object.freeze({
  diart: DEFAULT_DIART_OPTIONS,
  'diart-cli': Object.freeze({ ...DEFAULT_DIART_OPTIONS, tauActive: 0.5 }),
});

/** What a step of diart gives. */
export type DiartStep = {
  readonly map: SpeakerMap;
  /** Scores of the region that is due, [frame][global speaker]. */
  readonly scores: ScoreFrames;
  readonly turns: readonly SpeakerTurn[];
};

/**
 * diart's pipeline behind the networks: from a window's local scores and embeddings to turns of global speakers.
 *
 * It never changes what it told.
 *
 * @see diart 0.9.2, `SpeakerDiarization` (MIT)
 */
export class DiartTracker {
  readonly #options: DiartOptions;
  readonly #clustering: IncrementalClustering;
  readonly #aggregation: DelayedAggregation;
  #windows: readonly ScoreFrames[] = [];

  constructor(options: Partial<DiartOptions> = {}) {
    this.#options = { ...DEFAULT_DIART_OPTIONS, ...options };
    this.#clustering = new IncrementalClustering(this.#options);
    this.#aggregation = new DelayedAggregation(this.#options);
  }

  get clustering(): IncrementalClustering {
    return this.#clustering;
  }

  /**
   * @param segmentation scores of the next window
   * @param embeddings one row a local speaker, of unit length; NaN where a speaker has none
   */
  step(segmentation: ScoreFrames, embeddings: Matrix): DiartStep {
    const map = this.#clustering.identify(segmentation, embeddings);
    const moved: ScoreFrames = {
      data: map.apply(segmentation.data, segmentation.frameCount),
      frameCount: segmentation.frameCount,
      speakerCount: map.matrix.columns,
      window: segmentation.window,
    };
    this.#windows = [...this.#windows, moved].slice(-this.#aggregation.windowCount);
    const scores = this.#aggregation.aggregate(this.#windows);
    const turns = turnsOfScores(scores, this.#options.tauActive);
    const { shiftSeconds } = this.#options;
    return { map, scores, turns: shiftSeconds === 0 ? turns : shiftTurns(turns, shiftSeconds) };
  }
}
