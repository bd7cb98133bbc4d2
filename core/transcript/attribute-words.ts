import type { Attribution } from '../result/attributions.ts';
import { compareTurns, type Segment, type Turn } from '../timeline/turns.ts';
import { attributeByAnchor } from './attribute-by-anchor.ts';
import { attributeLikeWhisperX } from './attribute-like-whisperx.ts';
import { attributeSpeakers } from './attribute-speakers.ts';

/** The turns of a recording in both forms. */
export type AttributionTurns = {
  /** May overlap. */
  readonly turns: readonly Turn[];
  /** At most one at a time. */
  readonly exclusiveTurns: readonly Turn[];
};

/**
 * The speaker of each segment by one of the rules; `null` where nobody is near. The other systems look at turns that
 * overlap, ours at those that do not.
 *
 * @param segments   by start: words, or text without timed words
 * @param compatible faults of the other system included
 */
export function attributeBy(
  attribution: Attribution,
  segments: readonly Segment[],
  { turns, exclusiveTurns }: AttributionTurns,
  compatible = false,
): (string | null)[] {
  switch (attribution) {
    case 'overlap':
      return attributeSpeakers(segments, exclusiveTurns);
    case 'whisperx':
      return attributeLikeWhisperX(segments, turns);
    case 'nemo-anchor':
      return attributeByAnchor(segments, turns.toSorted(compareTurns), { compatible });
  }
}
