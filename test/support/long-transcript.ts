import type { TranscriptResult } from '../../core/result/result.ts';
import { resultFromUtterances } from '../../core/transcript/result-from-segments.ts';

/** An hour of four people with 12,000 words in 1,000 passages, one of which has a word that no other has: needle. */
export function longTranscript(): TranscriptResult {
  const utterances = Array.from({ length: 1000 }, (_, index) => {
    const speaker = `SPEAKER_0${index % 4}`;
    const start = index * 3.6;
    const words = Array.from({ length: 12 }, (_word, at) => ({
      text: index === 990 && at === 5 ? 'needle' : `word${at}`,
      speaker,
      startSeconds: start + at * 0.25,
      endSeconds: start + at * 0.25 + 0.2,
    }));
    return {
      speaker,
      startSeconds: start,
      endSeconds: start + 3,
      text: words.map(({ text }) => text).join(' '),
      words,
    };
  });
  return resultFromUtterances(utterances, 3600);
}
