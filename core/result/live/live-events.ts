/**
 * What a live session says while people speak: plain data, the same in the engine, on the wire and in a page.
 *
 * Seconds are stream time: the first sample that was heard is 0. Two promises: text that is `final` never changes; a
 * speaker may change, and only by a `revision` that replaces a whole interval.
 */
import type { Segment, Turn } from '../../timeline/turns.ts';
import type { DiarizationResult, TranscriptResult } from '../result.ts';

/** How sure the speaker of a word is: none yet, the one shown, one that will not change any more. */
export type WordSpeakerState = 'pending' | 'shown' | 'stable';

/** A word of a live text. */
export type LiveWord = Segment & {
  readonly text: string;
  readonly spaceBefore?: boolean;
  /** In [0, 1]. */
  readonly confidence?: number;
  /** Two decodes agreed on it, or the text is final. */
  readonly agreed: boolean;
  readonly speaker: string | null;
  readonly speakerState: WordSpeakerState;
};

/** A turn as it is shown; a later one with the same id replaces it. */
export type LiveTurn = Turn & { readonly id: number };

/** A stretch of text; a later one with the same id replaces it until it is final. */
export type LiveText = Segment & {
  readonly id: number;
  readonly final: boolean;
  readonly text: string;
  readonly words: readonly LiveWord[];
};

/** Whose voice the last seconds are. */
export type LiveVoiceState = 'voice' | 'unknown' | 'overlap' | 'silence';

/** A score of an enrolled voice. */
export type LiveVoiceScore = {
  readonly name: string;
  readonly score: number;
  readonly probability: number | null;
};

/** Why told turns were replaced. */
export type RevisionReason = 'recluster' | 'merged' | 'final';

/** What the speakers of some words are now. */
export type WordSpeakerChange = {
  readonly textId: number;
  readonly index: number;
  readonly speaker: string | null;
};

/**
 * What a session leaves out while the machine cannot follow: words before their text is final; a look at speakers each half
 * second, for one each second; corrections each 5 s, for one each 30 s. Sound and final text never are.
 */
export type ShedStep = 'interim-text' | 'half-steps' | 'frequent-corrections';

/** Something that a live session says; `type` tells what. */
export type LiveEvent =
  /** How far everything is, about once a second of sound. */
  | {
      readonly type: 'status';
      readonly heardSeconds: number;
      /** Turns are told up to here. */
      readonly shownSeconds: number;
      /** Final text is told up to here. */
      readonly textSeconds: number;
      /** Before this no turn changes any more. */
      readonly stableUntilSeconds: number;
      /** How much of what was heard has not been worked on. */
      readonly lagSeconds: number;
      /** Of the last second, RMS; null for digital silence. */
      readonly levelDbfs: number | null;
      /** What is left out since the machine does not keep up; absent where nothing is. */
      readonly shed?: readonly ShedStep[];
    }
  | { readonly type: 'speech'; readonly state: 'start' | 'end'; readonly atSeconds: number }
  | ({ readonly type: 'turn'; readonly open: boolean } & LiveTurn)
  | ({ readonly type: 'text' } & LiveText)
  | { readonly type: 'endpoint'; readonly atSeconds: number; readonly reason: 'silence' | 'flush' }
  | {
      readonly type: 'speaker';
      readonly speaker: string;
      readonly change: 'new' | 'named' | 'merged';
      readonly name?: string;
      /** The label that this one is from now on. */
      readonly into?: string;
    }
  /** Replaces all turns in [fromSeconds, toSeconds), cut at both ends, and the speakers of the words it lists. */
  | {
      readonly type: 'revision';
      readonly number: number;
      readonly fromSeconds: number;
      readonly toSeconds: number;
      readonly turns: readonly Turn[];
      readonly words: readonly WordSpeakerChange[];
      readonly reason: RevisionReason;
    }
  | {
      readonly type: 'verify';
      readonly atSeconds: number;
      readonly state: LiveVoiceState;
      readonly name?: string;
      readonly probability?: number | null;
      readonly scores: readonly LiveVoiceScore[];
    }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }
  /** The last one: what an offline run over the same sound gives, and what its labels were called here. */
  | {
      readonly type: 'result';
      readonly result: TranscriptResult | DiarizationResult | null;
      /** The label of the result of each label that was shown and is in it. */
      readonly labels: Readonly<Record<string, string>>;
    };
