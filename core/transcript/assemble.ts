/** From timed text and turns to a transcript. Pure: a transcript can be made anew after other turns or names. */
import { joinWords } from '../text/join-words.ts';
import type { Attribution } from '../result/attributions.ts';
import type { Segment } from '../timeline/turns.ts';
import { attributeBy, type AttributionTurns } from './attribute-words.ts';
import { DEFAULT_PAUSE_SECONDS, findPauses } from './pauses.ts';
import type { DiarizationResult, TranscriptResult, Utterance, Word } from '../result/result.ts';
import { smoothSpeakers } from './smooth-speakers.ts';
import { summarizeSpeakers } from './speaker-summaries.ts';
import { SpeechByTime } from './speech-by-time.ts';
import { DEFAULT_UTTERANCE_OPTIONS, groupUtterances } from './utterances.ts';
import { attachedRuns } from './written-words.ts';

/** A word before anybody knows whose it is. */
export type TimedWord = Segment & {
  readonly text: string;
  readonly spaceBefore?: boolean;
  readonly confidence?: number;
};

/** Recognised text with its time; `words` is empty where only the whole has one. */
export type TimedText = Segment & { readonly text: string; readonly words: readonly TimedWord[] };

/** How words become utterances and pauses, and whose they are. */
export type AssembleOptions = {
  /** Silences from this length on are reported as pauses. @default 0.5 s */
  readonly pauseSeconds: number;
  /** Longer silences begin a new utterance. @default 1 s */
  readonly maxPauseSeconds: number;
  /** How words find their speaker. @default 'overlap' */
  readonly attribution?: Attribution | undefined;
  /** With the faults of the system whose rule `attribution` is. @default false */
  readonly compatible?: boolean | undefined;
};

export const DEFAULT_ASSEMBLE_OPTIONS: AssembleOptions = Object.freeze({
  pauseSeconds: DEFAULT_PAUSE_SECONDS,
  maxPauseSeconds: DEFAULT_UTTERANCE_OPTIONS.maxPauseSeconds,
});

/**
 * Puts words, speakers, utterances and pauses together.
 *
 * @param texts by start
 * @param diarization without turns where nobody was asked who speaks: all words are `null`'s then
 */
export function assembleTranscript(
  texts: readonly TimedText[],
  diarization: DiarizationResult,
  language: string | null,
  options: AssembleOptions = DEFAULT_ASSEMBLE_OPTIONS,
): TranscriptResult {
  const { turns } = diarization;
  const { attribution = 'overlap', compatible = false } = options;
  const rule = { attribution, compatible };
  const speech = new SpeechByTime(turns);
  const words = withSpeakers(
    texts.flatMap((text) => text.words),
    diarization,
    rule,
    speech,
  );
  const utterances = [
    ...groupUtterances(words, options),
    ...withoutWords(
      texts.filter((text) => text.words.length === 0),
      diarization,
      rule,
      speech,
    ),
  ].sort((a, b) => a.startSeconds - b.startSeconds);
  return {
    ...diarization,
    speakers: summarizeSpeakers(diarization.speakers, turns, words),
    language,
    utterances,
    words,
    pauses: findPauses(words, options.pauseSeconds),
  };
}

type AttributionRule = { readonly attribution: Attribution; readonly compatible: boolean };

function withSpeakers(
  timed: readonly TimedWord[],
  turns: AttributionTurns,
  { attribution, compatible }: AttributionRule,
  speech: SpeechByTime,
): Word[] {
  const runs = attachedRuns(timed.toSorted((a, b) => a.startSeconds - b.startSeconds));
  // What is written as one word is one speaker's.
  const written = runs.map((run) => ({
    ...run[0]!,
    endSeconds: run.at(-1)!.endSeconds,
    text: joinWords(run),
  }));
  const attributed = attributeBy(attribution, written, turns, compatible);
  // The other systems leave every word where their rule puts it.
  const speakers = attribution === 'overlap' ? smoothSpeakers(written, attributed, speech) : attributed;
  return runs.flatMap((run, index) =>
    run.map((word) => marked({ ...word, speaker: speakers[index] ?? null }, speech)),
  );
}

function withoutWords(
  texts: readonly TimedText[],
  turns: AttributionTurns,
  { attribution, compatible }: AttributionRule,
  speech: SpeechByTime,
): Utterance[] {
  const speakers = attributeBy(attribution, texts, turns, compatible);
  return texts.map((text, index) => marked({ ...text, words: [], speaker: speakers[index] ?? null }, speech));
}

/** Shorter than this, another's turn only touches a word. */
const MIN_OVERLAP_SECONDS = 0.1;

/** Adds `overlapped` where another speaks during at least 0.1 s of it, or half of it where it is shorter. */
function marked<T extends Segment & { readonly speaker: string | null }>(item: T, speech: SpeechByTime): T {
  const duration = item.endSeconds - item.startSeconds;
  const shared = speech.secondsOfOthers(item.speaker, item);
  const isOverlapped =
    item.speaker !== null && shared > 0 && shared >= Math.min(MIN_OVERLAP_SECONDS, duration / 2);
  return isOverlapped ? { ...item, overlapped: true } : item;
}
