import type { Segment, Turn } from '../timeline/turns.ts';
import { firstEndingAfter, sharedSeconds } from './attribute-speakers.ts';

/** Who speaks during a given time, by turns that may overlap: looked up, not searched through. */
export class SpeechByTime {
  /** A speaker's own turns, by start; they do not overlap. */
  readonly #turns: ReadonlyMap<string, readonly Turn[]>;

  constructor(turns: readonly Turn[]) {
    const bySpeaker = new Map<string, Turn[]>();
    for (const turn of turns.toSorted((a, b) => a.startSeconds - b.startSeconds)) {
      const own = bySpeaker.get(turn.speaker);
      if (own) own.push(turn);
      else bySpeaker.set(turn.speaker, [turn]);
    }
    this.#turns = bySpeaker;
  }

  /** How much of a segment a speaker speaks. */
  secondsOf(speaker: string, segment: Segment): number {
    const turns = this.#turns.get(speaker) ?? [];
    let sum = 0;
    for (let index = firstEndingAfter(turns, segment.startSeconds); index < turns.length; index++) {
      const turn = turns[index]!;
      if (turn.startSeconds >= segment.endSeconds) break;
      sum += sharedSeconds(turn, segment);
    }
    return sum;
  }

  /** How much of a segment the one speaks who speaks most of it besides `speaker`. */
  secondsOfOthers(speaker: string | null, segment: Segment): number {
    let most = 0;
    for (const other of this.#turns.keys()) {
      if (other !== speaker) most = Math.max(most, this.secondsOf(other, segment));
    }
    return most;
  }
}
