import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { Segment } from '../../timeline/turns.ts';
import type { Stretch } from './speech-pieces.ts';

/** Turns times within a piece into times of the recording. */
export class PieceClock {
  /** Each stretch: when it begins in the piece, how long it is, and what leads from there to the recording. */
  readonly #parts: readonly { startSeconds: number; endSeconds: number; shiftSeconds: number }[];

  /** @param stretches of the piece, by time, at least one */
  constructor(stretches: readonly Stretch[]) {
    let heard = 0;
    this.#parts = stretches.map(({ startSample, endSample }) => {
      const startSeconds = samplesToSeconds(heard);
      const shiftSeconds = samplesToSeconds(startSample - heard);
      heard += endSample - startSample;
      return { startSeconds, endSeconds: samplesToSeconds(heard), shiftSeconds };
    });
  }

  /** A moment between two stretches is the start of the later where something starts, the end of the earlier where it ends. */
  moved<S extends Segment>(segment: S): S {
    const startSeconds = segment.startSeconds + this.#shiftAt(segment.startSeconds, 'start');
    const endSeconds = segment.endSeconds + this.#shiftAt(segment.endSeconds, 'end');
    return { ...segment, startSeconds, endSeconds: Math.max(startSeconds, endSeconds) };
  }

  #shiftAt(seconds: number, border: 'start' | 'end'): number {
    const part = this.#parts.find(({ endSeconds }) =>
      border === 'start' ? seconds < endSeconds : seconds <= endSeconds,
    );
    return (part ?? this.#parts.at(-1)!).shiftSeconds;
  }
}
