import type { LiveWord } from '../../../core/result/live/live-events.ts';
import { type LiveTranscript, shownLabel } from '../../../core/result/live/live-transcript.ts';

/** What one speaker says on end, as it is known now. */
export type LivePassage = {
  readonly startSeconds: number;
  /** Null while nobody knows whose words they are. */
  readonly label: string | null;
  readonly words: readonly LiveWord[];
};

/** A pause this long begins a new passage. */
const LONG_PAUSE_SECONDS = 2;

/** The words of a session by speaker; words without one yet go with those before them. */
export function livePassages(transcript: LiveTranscript): LivePassage[] {
  const passages: { startSeconds: number; endSeconds: number; label: string | null; words: LiveWord[] }[] =
    [];
  for (const { words } of transcript.texts) {
    for (const word of words) {
      const label = word.speaker === null ? null : shownLabel(transcript, word.speaker);
      const last = passages.at(-1);
      const isNear = last !== undefined && word.startSeconds - last.endSeconds < LONG_PAUSE_SECONDS;
      if (isNear && (label === null || last.label === null || last.label === label)) {
        last.words.push(word);
        last.label ??= label;
        last.endSeconds = word.endSeconds;
      } else {
        passages.push({ startSeconds: word.startSeconds, endSeconds: word.endSeconds, label, words: [word] });
      }
    }
  }
  return passages;
}

/** Speakers in the order in which they were first heard: those that were merged are one. */
export function liveLabels(transcript: LiveTranscript): string[] {
  return [...new Set(transcript.turns.map(({ speaker }) => shownLabel(transcript, speaker)))];
}
