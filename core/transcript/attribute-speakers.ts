/** Whose word is it? From the times of words and of turns alone. */
import { compareTurns, type Segment, type Turn } from '../timeline/turns.ts';

export type AttributeOptions = {
  /** A word that no turn overlaps goes to the nearest turn within this distance, else to nobody. */
  readonly maxDistanceSeconds: number;
};

export const DEFAULT_ATTRIBUTE_OPTIONS: AttributeOptions = Object.freeze({
  // Turns end up to a few tenths before the last sound does; a word half a second from any turn is not speech it heard.
  maxDistanceSeconds: 0.5,
});

/**
 * The speaker of each word: who has most of its time, by turns of which at most one is under way at a time.
 *
 * Of equals the one whose turn comes first. A word in a gap goes to the turn whose edge is nearest to it, the earlier
 * of equals, `null` where none is near. A word without duration counts as a moment.
 *
 * @param exclusiveTurns sorted, at most one at a time
 */
export function attributeSpeakers(
  words: readonly Segment[],
  exclusiveTurns: readonly Turn[],
  options: AttributeOptions = DEFAULT_ATTRIBUTE_OPTIONS,
): (string | null)[] {
  const turns = exclusiveTurns.toSorted(compareTurns);
  return words.map((word) => {
    const next = firstEndingAfter(turns, word.startSeconds);
    return largestShare(turns, next, word) ?? nearest(turns, next, word, options.maxDistanceSeconds);
  });
}

/** Index of the first turn that ends after a moment; exclusive turns end in the order in which they start. */
export function firstEndingAfter(turns: readonly Segment[], seconds: number): number {
  let low = 0;
  let high = turns.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (turns[middle]!.endSeconds > seconds) high = middle;
    else low = middle + 1;
  }
  return low;
}

function largestShare(turns: readonly Turn[], from: number, word: Segment): string | null {
  const shares = new Map<string, number>();
  for (let index = from; index < turns.length; index++) {
    const turn = turns[index]!;
    if (turn.startSeconds > word.endSeconds) break;
    const shared = sharedSeconds(turn, word);
    if (shared > 0) shares.set(turn.speaker, (shares.get(turn.speaker) ?? 0) + shared);
  }
  return largest(shares);
}

function nearest(
  turns: readonly Turn[],
  next: number,
  word: Segment,
  maxDistanceSeconds: number,
): string | null {
  const before = turns[next - 1];
  const after = turns[next];
  const beforeSeconds = before === undefined ? Infinity : word.startSeconds - before.endSeconds;
  const afterSeconds = after === undefined ? Infinity : Math.max(0, after.startSeconds - word.endSeconds);
  if (Math.min(beforeSeconds, afterSeconds) > maxDistanceSeconds) return null;
  return (beforeSeconds <= afterSeconds ? before : after)!.speaker;
}

/** How long two segments coincide; not positive where they do not. */
export function sharedSeconds(a: Segment, b: Segment): number {
  return Math.min(a.endSeconds, b.endSeconds) - Math.max(a.startSeconds, b.startSeconds);
}

/** The key with the largest value; the first of equals. */
export function largest(shares: ReadonlyMap<string, number>): string | null {
  let best: string | null = null;
  let most = -Infinity;
  for (const [speaker, share] of shares) {
    if (share <= most) continue;
    best = speaker;
    most = share;
  }
  return best;
}
