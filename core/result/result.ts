import type { Segment, Turn } from '../timeline/turns.ts';
import type { EmbeddingSpace } from './voice-terms.ts';

/** Version of the JSON form of results; raised when a field changes its meaning or goes. */
export const RESULT_SCHEMA_VERSION = 1;

/** What one speaker contributed. */
export type SpeakerSummary = {
  /** Identity within the recording: SPEAKER_00, SPEAKER_01 … by order of first speech, or an enrolled name. */
  readonly label: string;
  /** What to show instead of the label, where somebody named this speaker. */
  readonly name?: string;
  /** Length of the union of this speaker's turns. */
  readonly speakingSeconds: number;
  readonly turnCount: number;
  /** The rest is known only where words are. */
  readonly wordCount?: number;
  readonly wordsPerMinute?: number;
  /** How often this speaker started while another one was speaking and went on after. */
  readonly interruptionCount?: number;
};

/** A model that took part. */
export type ModelUse = {
  readonly id: string;
  /** What it was used for: segmentation, embedding, recognition … */
  readonly task: string;
  /** Checksum of its weights, so that a result can be traced to them. */
  readonly sha256?: string;
};

/** Reduced quality or something unusual that is no failure. */
export type ResultWarning = { readonly code: string; readonly message: string };

/** The last warning of each code, in the order in which the codes came up. */
export function oneOfEachCode(warnings: readonly ResultWarning[]): ResultWarning[] {
  return [...new Map(warnings.map((warning) => [warning.code, warning])).values()];
}

/** Silence is a result. */
export const NO_SPEECH: ResultWarning = Object.freeze({
  code: 'no_speech',
  message: 'No speech was found in the recording.',
});

/** What every result of a recording says about how it was made. */
export type ResultFacts = {
  readonly schemaVersion: typeof RESULT_SCHEMA_VERSION;
  readonly durationSeconds: number;
  readonly models: readonly ModelUse[];
  /** The execution provider that was really used: cpu, cuda … */
  readonly provider: string;
  /** Seconds of work by stage. */
  readonly timings: Readonly<Record<string, number>>;
  readonly warnings: readonly ResultWarning[];
};

/** Speakers and their turns: what a diarization and a transcript have in common. */
type SpeakersAndTurns = ResultFacts & {
  readonly speakers: readonly SpeakerSummary[];
  /**
   * How clear the number of speakers is: 1 as good as certain, 0.5 anybody's guess. Absent where it was given, and for
   * clusterings that cannot say.
   */
  readonly speakerCountConfidence?: number;
  /** By start, end, speaker; turns of different speakers may overlap. */
  readonly turns: readonly Turn[];
  /** The same with at most one speaker at a time: what words are attributed by. */
  readonly exclusiveTurns: readonly Turn[];
};

/** One embedding a speaker: biometric data. */
export type SpeakerEmbeddings = {
  readonly space: EmbeddingSpace;
  readonly vectors: readonly { readonly speaker: string; readonly embedding: readonly number[] }[];
};

/**
 * Who spoke when. Plain JSON; `core/formats` renders it, `core/formats/json.ts` reads it back. The wire contract checks
 * this same form (`sdk/contract/results/transcript-result.ts`; `test/contract/core-results.test.ts` holds the two together).
 */
export type DiarizationResult = SpeakersAndTurns & {
  /** Where they were asked for. */
  readonly speakerEmbeddings?: SpeakerEmbeddings;
};

/** A word with its time and speaker. */
export type Word = Segment & {
  /** As it is written, without space around it; `joinWords` puts words together. */
  readonly text: string;
  /** Whether a space stands between it and the word before it; where absent, the scripts of the two say it. */
  readonly spaceBefore?: boolean;
  /** In [0, 1]; absent where the recogniser gives none. */
  readonly confidence?: number;
  /** `null` where nobody is near. */
  readonly speaker: string | null;
  /** Another speaker speaks at the same time. */
  readonly overlapped?: boolean;
};

/** Consecutive words of one speaker. */
export type Utterance = Segment & {
  readonly speaker: string | null;
  readonly text: string;
  /** Empty where the recogniser gives no word times. */
  readonly words: readonly Word[];
  /** Another speaker speaks during part of it. */
  readonly overlapped?: boolean;
};

/** Silence between two words above the threshold that was asked for. */
export type Pause = Segment & {
  /** Index in `words` of the word before the pause. */
  readonly afterWord: number;
  readonly speakerBefore: string | null;
  readonly speakerAfter: string | null;
};

/** Who said what. Plain JSON, as `DiarizationResult` is. */
export type TranscriptResult = SpeakersAndTurns & {
  /** ISO 639-1 code, or `null` where it is not known. */
  readonly language: string | null;
  /** By start. */
  readonly utterances: readonly Utterance[];
  /** Every word of all utterances, by start. */
  readonly words: readonly Word[];
  readonly pauses: readonly Pause[];
};

/** True where a result has words besides turns. */
export function isTranscript(result: DiarizationResult | TranscriptResult): result is TranscriptResult {
  return 'utterances' in result;
}

/** The name to show for a speaker label: the given name, else the label itself. */
export function displayName(speakers: readonly SpeakerSummary[], label: string): string {
  return speakers.find((speaker) => speaker.label === label)?.name ?? label;
}
