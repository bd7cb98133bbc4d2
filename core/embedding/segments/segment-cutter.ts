import type { Segment } from '../../timeline/turns.ts';
import { cutRegion, type Scale } from '../../resolution/nme-spectral/sub-segments.ts';
import type { SpeechRegion } from './region-finder.ts';

/** A piece of speech to embed: which scale it is of, and float32 times as NeMo keeps them. */
export type ScaleSegment = Segment & { readonly scale: number };

/** Rounding of window ends. */
const TOLERANCE_SECONDS = 1e-6;

/**
 * Cuts regions that still grow into the segments of several scales, each as soon as it is certain: a whole window where
 * its end has been heard, the shorter last ones when the region is over.
 */
export class SegmentCutter {
  readonly #scales: readonly Scale[];
  /** Segments that have been cut of the region that begins here, by scale. */
  #cut: number[];
  #regionStart = -1;
  #doneSeconds = -Infinity;

  constructor(scales: readonly Scale[]) {
    this.#scales = scales;
    this.#cut = scales.map(() => 0);
  }

  /** The region at hand needs nothing before this any more; infinite without one. */
  get neededFromSeconds(): number {
    if (this.#regionStart < 0) return Infinity;
    return Math.min(
      ...this.#scales.map(({ shiftSeconds }, scale) => this.#regionStart + this.#cut[scale]! * shiftSeconds),
    );
  }

  /**
   * @param regions      by time, those that are not over last
   * @param heardSeconds how far the regions are certain to be speech
   * @returns by scale, then time
   */
  push(regions: readonly SpeechRegion[], heardSeconds: number): ScaleSegment[] {
    const segments: ScaleSegment[] = [];
    for (const region of regions) {
      if (region.startSeconds < this.#doneSeconds) continue;
      if (region.startSeconds !== this.#regionStart) {
        this.#regionStart = region.startSeconds;
        this.#cut = this.#scales.map(() => 0);
      }
      this.#scales.forEach((scale, index) =>
        segments.push(...this.#cutScale(region, scale, index, heardSeconds)),
      );
      // The next one waits, so that segments come in order.
      if (!region.isOver) break;
      this.#doneSeconds = region.endSeconds;
      this.#regionStart = -1;
    }
    return segments;
  }

  #cutScale(region: SpeechRegion, scale: Scale, index: number, heardSeconds: number): ScaleSegment[] {
    const { windowSeconds, shiftSeconds } = scale;
    const certainSeconds = Math.min(region.endSeconds, heardSeconds);
    const all = cutRegion(region, scale);
    const isCertain = (count: number): boolean =>
      region.isOver ||
      region.startSeconds + count * shiftSeconds + windowSeconds <= certainSeconds + TOLERANCE_SECONDS;
    const fresh: ScaleSegment[] = [];
    for (let count = this.#cut[index]!; count < all.length && isCertain(count); count++) {
      const { startSeconds, durationSeconds } = all[count]!;
      fresh.push({
        scale: index,
        startSeconds: Math.fround(startSeconds),
        endSeconds: Math.fround(startSeconds + durationSeconds),
      });
    }
    this.#cut[index]! += fresh.length;
    return fresh;
  }
}
