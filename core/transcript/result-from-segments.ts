import { compareTurns, type Segment, type Turn } from '../timeline/turns.ts';
import {
  RESULT_SCHEMA_VERSION,
  type DiarizationResult,
  type SpeakerSummary,
  type TranscriptResult,
  type Utterance,
} from '../result/result.ts';

/** What speakers contributed, by first speech. */
export function summariseSpeakers(turns: readonly Turn[]): SpeakerSummary[] {
  const turnsOf = new Map<string, Turn[]>();
  for (const turn of turns.toSorted(compareTurns)) {
    const own = turnsOf.get(turn.speaker);
    if (own) own.push(turn);
    else turnsOf.set(turn.speaker, [turn]);
  }
  return [...turnsOf].map(([label, own]) => ({
    label,
    speakingSeconds: unionSeconds(own),
    turnCount: own.length,
  }));
}

/** Length of what the segments cover together. */
export function unionSeconds(segments: readonly Segment[]): number {
  let [total, end] = [0, -Infinity];
  for (const segment of segments.toSorted((a, b) => a.startSeconds - b.startSeconds)) {
    total += Math.max(0, segment.endSeconds - Math.max(end, segment.startSeconds));
    end = Math.max(end, segment.endSeconds);
  }
  return total;
}

/** A result made from turns of a file: no models took part. */
export function resultFromTurns(turns: readonly Turn[], durationSeconds?: number): DiarizationResult {
  const sorted = turns.toSorted(compareTurns);
  const lastEnd = sorted.reduce((end, turn) => Math.max(end, turn.endSeconds), 0);
  return {
    schemaVersion: RESULT_SCHEMA_VERSION,
    durationSeconds: durationSeconds ?? lastEnd,
    speakers: summariseSpeakers(sorted),
    turns: sorted,
    exclusiveTurns: [],
    models: [],
    provider: 'none',
    timings: {},
    warnings: [],
  };
}

/** A transcript made from utterances of a file: each one with a speaker is a turn too. */
export function resultFromUtterances(
  utterances: readonly Utterance[],
  durationSeconds?: number,
): TranscriptResult {
  const sorted = utterances.toSorted((a, b) => a.startSeconds - b.startSeconds);
  const turns = sorted.flatMap(({ startSeconds, endSeconds, speaker }) =>
    speaker === null ? [] : [{ startSeconds, endSeconds, speaker }],
  );
  const lastEnd = sorted.reduce((end, utterance) => Math.max(end, utterance.endSeconds), 0);
  return {
    ...resultFromTurns(turns, durationSeconds ?? lastEnd),
    language: null,
    utterances: sorted,
    words: sorted.flatMap((utterance) => utterance.words).toSorted((a, b) => a.startSeconds - b.startSeconds),
    pauses: [],
  };
}
