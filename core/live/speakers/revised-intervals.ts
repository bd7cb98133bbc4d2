import { type Turn, turnsBetween } from '../../timeline/turns.ts';

/** Where two timelines differ, and what is true there. */
export type RevisedInterval = {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** Cut at the ends of the interval. */
  readonly turns: readonly Turn[];
};

/** Differences closer to each other than this are told together. */
const JOIN_SECONDS = 0.25;

/**
 * Intervals in which other people are shown than before; shorter ones than `leastSeconds` are not worth a message.
 */
export function revisedIntervals(
  before: readonly Turn[],
  after: readonly Turn[],
  range: { readonly fromSeconds: number; readonly toSeconds: number },
  leastSeconds: number,
): RevisedInterval[] {
  const edges = new Set<number>([range.fromSeconds, range.toSeconds]);
  for (const { startSeconds, endSeconds } of [...before, ...after]) {
    for (const edge of [startSeconds, endSeconds])
      if (edge > range.fromSeconds && edge < range.toSeconds) edges.add(edge);
  }
  const times = [...edges].sort((a, b) => a - b);
  const [sweepBefore, sweepAfter] = [new SpeakersAt(before), new SpeakersAt(after)];
  const intervals: { fromSeconds: number; toSeconds: number; differSeconds: number }[] = [];
  for (let index = 0; index + 1 < times.length; index += 1) {
    const [fromSeconds, toSeconds] = [times[index]!, times[index + 1]!];
    const middle = (fromSeconds + toSeconds) / 2;
    if (sweepBefore.at(middle) === sweepAfter.at(middle)) continue;
    const last = intervals.at(-1);
    const differSeconds = toSeconds - fromSeconds;
    if (last !== undefined && fromSeconds - last.toSeconds < JOIN_SECONDS) {
      last.toSeconds = toSeconds;
      last.differSeconds += differSeconds;
    } else intervals.push({ fromSeconds, toSeconds, differSeconds });
  }
  return intervals
    .filter(({ differSeconds }) => differSeconds >= leastSeconds)
    .map(({ fromSeconds, toSeconds }) => ({
      fromSeconds,
      toSeconds,
      turns: turnsBetween(after, fromSeconds, toSeconds),
    }));
}

/** Who is active at moments that are asked for in order. */
class SpeakersAt {
  readonly #turns: readonly Turn[];
  #next = 0;
  #active: Turn[] = [];

  constructor(turns: readonly Turn[]) {
    this.#turns = turns.toSorted((a, b) => a.startSeconds - b.startSeconds);
  }

  at(seconds: number): string {
    while (this.#next < this.#turns.length && this.#turns[this.#next]!.startSeconds <= seconds)
      this.#active.push(this.#turns[this.#next++]!);
    this.#active = this.#active.filter(({ endSeconds }) => endSeconds > seconds);
    return [...new Set(this.#active.map(({ speaker }) => speaker))].sort().join('\n');
  }
}
