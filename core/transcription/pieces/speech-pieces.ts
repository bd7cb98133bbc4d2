import { secondsToSamples } from '../../timeline/sliding-window.ts';
import type { SpeechSegment } from '../../vad/hysteresis.ts';

export type PieceOptions = {
  /** No piece is longer, padding and kept silence included. */
  readonly maxPieceSeconds: number;
  /** Segments further apart never share a piece. */
  readonly maxGapSeconds: number;
  /** Longer silences inside a piece are shortened to this, half of it from each side. @default all is kept */
  readonly keptGapSeconds?: number;
  /** Sound around a piece that goes with it, at most half of the silence to the neighbour. */
  readonly padSeconds: number;
};

/** A part of the recording: [startSample, endSample). */
export type Stretch = { readonly startSample: number; readonly endSample: number };

/** Speech segments that go to the recogniser together. */
export type PiecePlan = {
  readonly startSample: number;
  /** Exclusive; may lie beyond the end of the recording by less than the padding. */
  readonly endSample: number;
  /** What of it is heard, by time; one stretch where no silence was shortened. */
  readonly stretches: readonly Stretch[];
  readonly speech: readonly SpeechSegment[];
};

/**
 * Joins speech segments into pieces that a recogniser can hold, as segments arrive.
 *
 * Segments join while the silence between them is short and the whole fits, shortened silences counted as they are heard. What does not fit any more is cut in its
 * longest silence (the latest of equals), in its second half if there is one.
 */
export class SpeechPieces {
  readonly #maxSpan: number;
  readonly #maxGap: number;
  readonly #keptGap: number;
  readonly #pad: number;
  #group: SpeechSegment[] = [];
  /** End of the last segment that went out. */
  #lastEnd = -Infinity;

  constructor(options: PieceOptions) {
    this.#pad = secondsToSamples(options.padSeconds);
    this.#maxSpan = secondsToSamples(options.maxPieceSeconds) - 2 * this.#pad;
    this.#maxGap = secondsToSamples(options.maxGapSeconds);
    this.#keptGap = secondsToSamples(options.keptGapSeconds ?? options.maxGapSeconds);
  }

  /** First sample of what has not gone out yet. */
  get oldestSample(): number {
    return (this.#group[0]?.startSample ?? Infinity) - this.#pad;
  }

  /** The latest segment that has not gone out yet. */
  get lastSegment(): SpeechSegment | undefined {
    return this.#group.at(-1);
  }

  /** Takes the next segment, at most as long as a piece, and gives the pieces that are complete. */
  push(segment: SpeechSegment): PiecePlan[] {
    const pieces: PiecePlan[] = [];
    const last = this.#group.at(-1);
    if (last !== undefined && segment.startSample - last.endSample > this.#maxGap) {
      pieces.push(this.#take(this.#group.length, segment.startSample));
    }
    this.#group.push(segment);
    while (this.#heardSpan(this.#group.length) > this.#maxSpan && this.#group.length > 1) {
      const count = this.#bestCut();
      pieces.push(this.#take(count, this.#group[count]!.startSample));
    }
    return pieces;
  }

  /** Replaces the latest segment, before anything else arrives. */
  replaceLast(segment: SpeechSegment): void {
    this.#group[this.#group.length - 1] = segment;
  }

  /** Gives what waits once no segment can join it any more. */
  flush(): PiecePlan[] {
    return this.#group.length === 0 ? [] : [this.#take(this.#group.length, Infinity)];
  }

  /** How many segments the next piece takes. */
  #bestCut(): number {
    let best = 1;
    let longest = -1;
    let bestIsLate = false;
    for (let count = 1; count < this.#group.length; count++) {
      const span = this.#heardSpan(count);
      if (span > this.#maxSpan) break;
      const isLate = span > this.#maxSpan / 2;
      const gap = this.#group[count]!.startSample - this.#group[count - 1]!.endSample;
      if (isLate === bestIsLate ? gap < longest : bestIsLate) continue;
      best = count;
      longest = gap;
      bestIsLate = isLate;
    }
    return best;
  }

  #take(count: number, nextStart: number): PiecePlan {
    const speech = this.#group.splice(0, count);
    const start = speech[0]!.startSample;
    const end = speech.at(-1)!.endSample;
    const before = Math.min(this.#pad, Math.floor((start - this.#lastEnd) / 2), start);
    const after = Math.min(this.#pad, Math.floor((nextStart - end) / 2));
    this.#lastEnd = end;
    const startSample = start - before;
    const endSample = end + after;
    return { startSample, endSample, stretches: this.#stretches(startSample, endSample, speech), speech };
  }

  /** Samples of the first segments and of the silence that is kept between them. */
  #heardSpan(count: number): number {
    const last = this.#group[count - 1]!;
    let span = last.endSample - this.#group[0]!.startSample;
    for (let index = 1; index < count; index++) {
      const gap = this.#group[index]!.startSample - this.#group[index - 1]!.endSample;
      span -= Math.max(0, gap - this.#keptGap);
    }
    return span;
  }

  #stretches(startSample: number, endSample: number, speech: readonly SpeechSegment[]): Stretch[] {
    const stretches: Stretch[] = [];
    let start = startSample;
    for (let index = 1; index < speech.length; index++) {
      const [before, after] = [speech[index - 1]!.endSample, speech[index]!.startSample];
      if (after - before <= this.#keptGap) continue;
      const half = this.#keptGap >> 1;
      stretches.push({ startSample: start, endSample: before + half });
      start = after - (this.#keptGap - half);
    }
    return [...stretches, { startSample: start, endSample }];
  }
}
