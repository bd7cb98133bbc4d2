import { compareTurns, type Turn } from '../timeline/turns.ts';
import type { SpeakerSummary, Word } from '../result/result.ts';
import { attachedRuns } from './written-words.ts';

/**
 * Adds to what diarization knows of each speaker what words tell: how many, how fast, and how often the speaker
 * interrupted.
 *
 * Words per minute count by speaking time, not by the length of the recording; of Chinese, Japanese and Thai what the
 * recogniser parts is counted, characters for most.
 */
export function summarizeSpeakers(
  speakers: readonly SpeakerSummary[],
  turns: readonly Turn[],
  words: readonly Word[],
): SpeakerSummary[] {
  const wordsOf = new Map<string | null, Word[]>();
  for (const word of words) {
    const own = wordsOf.get(word.speaker);
    if (own) own.push(word);
    else wordsOf.set(word.speaker, [word]);
  }
  const interruptions = countInterruptions(turns);
  return speakers.map((speaker) => {
    const wordCount = attachedRuns(wordsOf.get(speaker.label) ?? []).length;
    const minutes = speaker.speakingSeconds / 60;
    return {
      ...speaker,
      wordCount,
      ...(minutes > 0 ? { wordsPerMinute: wordCount / minutes } : {}),
      interruptionCount: interruptions.get(speaker.label) ?? 0,
    };
  });
}

/**
 * How often each speaker started while another one was speaking and went on after that one had ended. Words thrown in
 * while the other goes on ("mhm") are no interruptions.
 */
export function countInterruptions(turns: readonly Turn[]): Map<string, number> {
  const counts = new Map<string, number>();
  let underWay: Turn[] = [];
  for (const turn of turns.toSorted(compareTurns)) {
    underWay = underWay.filter(({ endSeconds }) => endSeconds > turn.startSeconds);
    const interrupts = underWay.some(
      ({ speaker, startSeconds, endSeconds }) =>
        speaker !== turn.speaker && startSeconds < turn.startSeconds && endSeconds < turn.endSeconds,
    );
    if (interrupts) counts.set(turn.speaker, (counts.get(turn.speaker) ?? 0) + 1);
    underWay.push(turn);
  }
  return counts;
}
