import type { Segment, Turn } from '../timeline/turns.ts';
import { largest, sharedSeconds } from './attribute-speakers.ts';

/**
 * The speaker of each segment or word as WhisperX assigns it, to compare with its users' results: turns may overlap,
 * the largest sum of intersections wins, of equals the speaker met first in the order of starts (turns that start
 * together keep their order). With `fillNearest` a segment that meets no turn takes the one with the nearest middle,
 * the earlier of equals.
 *
 * A segment without duration meets nothing.
 *
 * @see whisperx 3.8.6 `diarize.assign_word_speakers`
 */
export function attributeLikeWhisperX(
  segments: readonly Segment[],
  turns: readonly Turn[],
  { fillNearest = false }: { readonly fillNearest?: boolean } = {},
): (string | null)[] {
  const sorted = turns.toSorted((a, b) => a.startSeconds - b.startSeconds);
  return segments.map((segment) => {
    const shares = new Map<string, number>();
    for (const turn of sorted) {
      const shared = sharedSeconds(turn, segment);
      if (shared > 0) shares.set(turn.speaker, (shares.get(turn.speaker) ?? 0) + shared);
    }
    return largest(shares) ?? (fillNearest ? nearestMiddle(sorted, middleOf(segment)) : null);
  });
}

function nearestMiddle(turns: readonly Turn[], seconds: number): string | null {
  let nearest: Turn | undefined;
  let least = Infinity;
  for (const turn of turns) {
    const distance = Math.abs(middleOf(turn) - seconds);
    if (distance >= least) continue;
    nearest = turn;
    least = distance;
  }
  return nearest?.speaker ?? null;
}

function middleOf({ startSeconds, endSeconds }: Segment): number {
  return (startSeconds + endSeconds) / 2;
}
