/** Where the frames of a recording belong, by the time stamps of their container. */
import type { ContainerClock } from '../container/audio-container.ts';
import type { DecodedFrame } from './decoded-frame.ts';

export type ClockFacts = {
  readonly clock: ContainerClock;
  /** Rate of the samples that come out, in Hz. */
  readonly sampleRate: number;
  /** First time stamp of any track, where one is known. */
  readonly startSeconds: number | undefined;
  /** Length by the header; `undefined` where there is none, or where it was guessed. */
  readonly headerSeconds: number | undefined;
};

/** What to do before and with the samples of a frame. */
export type Placement = {
  /** Samples of silence that belong in front of it. */
  readonly silence: number;
  /** Samples at its beginning that come too late. */
  readonly drop: number;
  /** The clock was set anew: what follows was joined on. */
  readonly isRestart: boolean;
};

/**
 * Smaller differences are what clocks and the rounding of time stamps do; they are made good once they add up to this.
 * The tolerance of ffmpeg's own resampler (`min_hard_comp`).
 */
const TOLERANCE_SECONDS = 0.1;

/** Longer holes need a header that covers them: a damaged time stamp, or a clock that was set anew, makes them too. */
const MAX_HOLE_SECONDS = 3600;

/** Stamps that go back further than this mean that the clock was set anew; less, that sound comes twice. */
const MAX_OVERLAP_SECONDS = 1;

const IN_PLACE: Placement = { silence: 0, drop: 0, isRestart: false };

/**
 * Follows the time stamps of one recording: frames come one after the other, holes are filled, repetitions are left
 * out, and where the clock jumps back (files that were joined) the new part follows the old.
 */
export class RecordingClock {
  readonly #facts: ClockFacts;
  /** Samples that were placed, silence included. */
  #position = 0;
  /** What is added to a time stamp to get a position; known with the first stamp. */
  #offset: number | undefined;
  #placed = 0;
  /** Samples of the coming frames that were heard already. */
  #repeated = 0;

  constructor(facts: ClockFacts) {
    this.#facts = facts;
  }

  /** Samples of the recording so far. */
  get position(): number {
    return this.#position;
  }

  /** @param following the next frame: where it says that this one is not that late, it is right */
  place(frame: DecodedFrame, following: DecodedFrame | undefined): Placement {
    const count = this.#samples(frame.sampleCount, frame.sampleRate);
    const placement = this.#placementOf(frame, following, count);
    this.#position += placement.silence + count - placement.drop;
    this.#placed++;
    return placement;
  }

  /** True where a frame's stamp says other than that it follows the last: then the next frame is worth knowing. */
  isJump(frame: DecodedFrame): boolean {
    const start = this.#startOf(frame);
    return (
      start !== undefined && (this.#placed === 0 || this.#repeated > 0 || this.#isFar(start - this.#position))
    );
  }

  #placementOf(frame: DecodedFrame, following: DecodedFrame | undefined, count: number): Placement {
    let start = this.#startOf(frame);
    if (start === undefined || !this.isJump(frame)) return IN_PLACE;
    const next = following && this.#startOf(following);
    if (next !== undefined && this.#isTooLate(start, next - count)) start = next - count;
    return start > this.#position ? this.#placeLate(start) : this.#placeEarly(start, count);
  }

  #placeLate(start: number): Placement {
    this.#repeated = 0;
    const gap = start - this.#position;
    if (!this.#isBelievable(start, gap)) return this.#restart(start);
    return this.#placed === 0 || this.#isFar(gap) ? { ...IN_PLACE, silence: gap } : IN_PLACE;
  }

  #placeEarly(start: number, count: number): Placement {
    const overlap = this.#position - start;
    if (this.#isFar(overlap)) {
      const isRepetition = overlap <= MAX_OVERLAP_SECONDS * this.#facts.sampleRate && this.#isFar(start);
      if (!isRepetition) return this.#restart(start);
      this.#repeated = overlap;
    }
    const drop = Math.min(this.#repeated, count);
    this.#repeated -= drop;
    return { ...IN_PLACE, drop };
  }

  /** After damage the first stamp may be a guess, and a single one may be wrong. */
  #isTooLate(start: number, byNext: number): boolean {
    const isJump = this.#isFar(start - this.#position);
    const isConfirmed = byNext >= this.#position || !this.#isFar(byNext - this.#position);
    return isJump && isConfirmed && start > byNext && this.#isFar(start - byNext);
  }

  #restart(start: number): Placement {
    this.#repeated = 0;
    this.#offset = this.#offset! + this.#position - start;
    return { ...IN_PLACE, isRestart: this.#placed > 0 };
  }

  #isFar(samples: number): boolean {
    return Math.abs(samples) > TOLERANCE_SECONDS * this.#facts.sampleRate;
  }

  #isBelievable(start: number, gap: number): boolean {
    const { clock, headerSeconds, sampleRate } = this.#facts;
    if (gap <= MAX_HOLE_SECONDS * sampleRate) return true;
    return clock === 'zero' && headerSeconds !== undefined && start <= (headerSeconds + 1) * sampleRate;
  }

  /** Where a frame belongs, as a position of the recording. */
  #startOf(frame: DecodedFrame): number | undefined {
    if (frame.startSample === undefined) return undefined;
    const stamp = this.#samples(frame.startSample, frame.sampleRate);
    this.#offset ??= -this.#origin(stamp);
    return stamp + this.#offset;
  }

  /** The stamp that stands for the beginning of the recording. */
  #origin(firstStamp: number): number {
    const { clock, startSeconds = firstStamp / this.#facts.sampleRate, headerSeconds } = this.#facts;
    const isCountedFromZero =
      clock === 'zero' && headerSeconds !== undefined && startSeconds <= headerSeconds;
    // A little before zero lies what encoders put in front, which decoders take away again.
    const seconds = isCountedFromZero && startSeconds > -TOLERANCE_SECONDS ? 0 : startSeconds;
    return Math.round(seconds * this.#facts.sampleRate);
  }

  #samples(count: number, sampleRate: number): number {
    return Math.round((count / sampleRate) * this.#facts.sampleRate);
  }
}
