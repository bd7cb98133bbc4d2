/** Regions that a reference wants left out of scores, as scorers of NIST leave them out: on both sides. */
import { joinWords } from '../../../core/text/join-words.ts';
import type { Segment } from '../../../core/timeline/turns.ts';
import type { TranscriptResult, Utterance } from '../../../core/result/result.ts';

/** The transcript without the words whose middle lies in a region; text without timed words goes or stays whole. */
export function withoutRegions(result: TranscriptResult, regions: readonly Segment[]): TranscriptResult {
  if (regions.length === 0) return result;
  const isScored = ({ startSeconds, endSeconds }: Segment): boolean => {
    const middle = (startSeconds + endSeconds) / 2;
    return !regions.some((region) => middle > region.startSeconds && middle < region.endSeconds);
  };
  const scored = (utterance: Utterance): Utterance[] => {
    if (utterance.words.length === 0) return isScored(utterance) ? [utterance] : [];
    const words = utterance.words.filter(isScored);
    return words.length === 0 ? [] : [{ ...utterance, words, text: joinWords(words) }];
  };
  return { ...result, utterances: result.utterances.flatMap(scored) };
}

/** What is left of some segments without the regions. */
export function segmentsWithout(segments: readonly Segment[], regions: readonly Segment[]): Segment[] {
  return regions.reduce<Segment[]>(
    (left, region) =>
      left.flatMap(({ startSeconds, endSeconds }) =>
        [
          { startSeconds, endSeconds: Math.min(endSeconds, region.startSeconds) },
          { startSeconds: Math.max(startSeconds, region.endSeconds), endSeconds },
        ].filter((part) => part.endSeconds > part.startSeconds),
      ),
    [...segments],
  );
}
