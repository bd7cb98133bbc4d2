import { frameMiddleSeconds, type SlidingWindow } from '../../timeline/sliding-window.ts';
import type { Segment } from '../../timeline/turns.ts';
import { joinRegionsLikeNemo } from '../../resolution/nme-spectral/speech-regions.ts';
import { type NemoVadOptions, segmentSpeechLikeNemo } from '../../vad/nemo/post-processing.ts';

/** Thresholds of NeMo's that need no look at the whole recording. */
export type RegionRules = Omit<NemoVadOptions, 'thresholdScale' | 'compatible'>;

/** Of speech; `isOver` once nothing that comes later can change its end. */
export type SpeechRegion = Segment & { readonly isOver: boolean };

/** Beside the rules, regions are written this much longer and rounded. */
const MARGIN_SECONDS = 0.05;

/**
 * NeMo's post-processing of speech probabilities as they come: the same regions as of all at once. What lies before a
 * silence that no rule can bridge is forgotten.
 */
export class RegionFinder {
  readonly #grid: SlidingWindow;
  readonly #rules: RegionRules;
  #shares: Float32Array = new Float32Array(0);
  /** Frame of the recording that `#shares` begins with. */
  #first = 0;

  /** @param grid of the frames, whose middles are their times */
  constructor(grid: SlidingWindow, rules: RegionRules) {
    this.#grid = grid;
    this.#rules = rules;
  }

  /** Up to here it is known what is speech. */
  get knownSeconds(): number {
    return this.#secondsOf(this.#shares.length - 1);
  }

  /** No region that has not been given yet begins before this. */
  get undecidedFromSeconds(): number {
    return this.knownSeconds - this.#bridgedSeconds() - this.#rules.minSpeechSeconds;
  }

  /**
   * @param shares how sure each further frame is of speech, in [0, 1]
   * @returns by time, those that were not over before
   */
  push(shares: Float32Array): SpeechRegion[] {
    const joined = new Float32Array(this.#shares.length + shares.length);
    joined.set(this.#shares);
    joined.set(shares, this.#shares.length);
    this.#shares = joined;
    const regions = this.#regions().map((region) => ({
      ...region,
      isOver: region.endSeconds + this.#bridgedSeconds() < this.knownSeconds,
    }));
    this.#forget();
    return regions;
  }

  #regions(): Segment[] {
    const found = segmentSpeechLikeNemo(this.#shares, this.#grid.stepSeconds, {
      ...this.#rules,
      thresholdScale: 'absolute',
      compatible: false,
    });
    const offsetSeconds = this.#secondsOf(0);
    return joinRegionsLikeNemo(
      found.map(({ startSeconds, endSeconds }) => ({
        startSeconds: Math.max(0, startSeconds + offsetSeconds),
        endSeconds: endSeconds + offsetSeconds,
      })),
    );
  }

  #secondsOf(frame: number): number {
    return frameMiddleSeconds(this.#grid, this.#first + frame);
  }

  /** Silence of this length parts regions for good. */
  #bridgedSeconds(): number {
    const { minSilenceSeconds, padStartSeconds, padEndSeconds } = this.#rules;
    return minSilenceSeconds + Math.abs(padStartSeconds) + Math.abs(padEndSeconds) + MARGIN_SECONDS;
  }

  /** All but the end of a long silence, which padding may still reach into. */
  #forget(): void {
    const { onset, offset, padStartSeconds } = this.#rules;
    const { stepSeconds } = this.#grid;
    const isQuiet = (share: number): boolean => share < offset && share <= onset;
    let quiet = 0;
    while (quiet < this.#shares.length && isQuiet(this.#shares[this.#shares.length - 1 - quiet]!)) quiet++;
    if (quiet * stepSeconds <= 2 * this.#bridgedSeconds()) return;
    const kept = Math.ceil((Math.abs(padStartSeconds) + MARGIN_SECONDS) / stepSeconds);
    this.#first += this.#shares.length - kept;
    this.#shares = this.#shares.slice(-kept);
  }
}
