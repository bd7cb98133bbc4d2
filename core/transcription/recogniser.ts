/** The one interface of all recognisers, whatever their family: pieces of speech in, timed words out. */
import { InvalidInputError } from '../errors.ts';
import type { Segment } from '../timeline/turns.ts';
import type { ResultWarning } from '../result/result.ts';

/** Write down what was said, or say it in English. */
export const RECOGNITION_TASKS = ['transcribe', 'translate'] as const;
export type RecognitionTask = (typeof RECOGNITION_TASKS)[number];

/** What a recogniser can do, and how it likes its work. */
export type RecogniserCapabilities = {
  /** ISO 639-1 codes that may be asked for. */
  readonly languages: readonly string[];
  /** Finds out the language by itself; otherwise `null` asks for the first of `languages`. */
  readonly detectsLanguage: boolean;
  /** False where words have only the time of their segment, e.g. of a graph without attentions. */
  readonly hasWordTimes: boolean;
  /** Longer pieces are never given to it. */
  readonly maxPieceSeconds: number;
  /** A piece costs the same whatever it holds, so that speech is packed into as few as possible. @default false */
  readonly packsPieces?: boolean;
  readonly tasks: readonly RecognitionTask[];
  /** Pieces a call that the graph computes together. */
  readonly batchSize: number;
  /** The same for the first call of a recording, so that its first text comes soon. @default batchSize */
  readonly firstBatchSize?: number;
  /** Calls to keep in flight so that no lane waits. */
  readonly concurrency: number;
};

export type RecognitionOptions = {
  /** ISO 639-1; `null`: found out by the recogniser, or its only one. @default null */
  readonly language: string | null;
  /** Finds out the language for every piece anew, for recordings in several. @default once a recording */
  readonly languagePerPiece?: boolean | undefined;
  /** @default 'transcribe' */
  readonly task: RecognitionTask;
  /** Without, words are not timed: faster where times cost extra. @default true */
  readonly wordTimes: boolean;
  /** Text that came before or words to expect, where a family can use it. @default none */
  readonly prompt?: string | undefined;
  /** Stops it. @default recognition goes on to its end */
  readonly signal?: AbortSignal | undefined;
};

export const DEFAULT_RECOGNITION_OPTIONS: RecognitionOptions = Object.freeze({
  language: null,
  task: 'transcribe',
  wordTimes: true,
});

/** A word as it is written, punctuation included, without space around it. */
export type RecognisedWord = Segment & {
  readonly text: string;
  /** Whether a space stands before it; where absent, the scripts of the two words say it. */
  readonly spaceBefore?: boolean;
  /** Mean probability of its tokens, in [0, 1]. */
  readonly confidence?: number;
};

/** A stretch of text that the recogniser timed as a whole; at most one without word times. */
export type RecognisedSegment = Segment & {
  readonly text: string;
  /** By time; empty without word times. */
  readonly words: readonly RecognisedWord[];
  readonly confidence?: number;
};

/** What was heard in one piece. Times count from the start of the piece. Silence is a recognition without segments. */
export type Recognition = {
  readonly segments: readonly RecognisedSegment[];
  /** ISO 639-1, or `null` where it is not known. */
  readonly language: string | null;
  /** What it sounds like, where that is known, whatever it was written in. */
  readonly heardLanguage?: FoundLanguage | null;
  readonly warnings: readonly ResultWarning[];
};

/** The likeliest language of a sound, as ISO 639-1, and its probability among all. */
export type FoundLanguage = {
  readonly language: string;
  readonly probability: number;
  /** Others that parts of the sound are clearly in. @default none */
  readonly others?: readonly string[];
};

/** Tells languages apart. */
export type LanguageFinder = {
  /**
   * Finds out the language of a sound of at most 30 s.
   *
   * @throws ModelError, CapacityError, CanceledError
   */
  findLanguage(sound: Float32Array, signal?: AbortSignal): Promise<FoundLanguage>;
  release(): Promise<void>;
};

/** A loaded recogniser of any family. */
export type Recogniser = {
  /** Id of the model. */
  readonly id: string;
  /** The execution provider that really runs it. */
  readonly provider: string;
  readonly capabilities: RecogniserCapabilities;
  /**
   * Recognises up to `batchSize` pieces of at most `maxPieceSeconds` of 16 kHz mono. Calls may run side by side; what a
   * piece gives never depends on its company.
   *
   * @throws ModelError, CapacityError, CanceledError
   */
  recognise(pieces: readonly Float32Array[], options: RecognitionOptions): Promise<readonly Recognition[]>;
  /** Absent where languages cannot be told apart. */
  findLanguage?: LanguageFinder['findLanguage'];
  release(): Promise<void>;
};

/**
 * Refuses what a recogniser cannot do, before any audio is read.
 *
 * @throws InvalidInputError `invalid_option` that says what it can
 */
export function requireCapability(
  { id, capabilities }: Pick<Recogniser, 'id' | 'capabilities'>,
  { language, task }: Pick<RecognitionOptions, 'language' | 'task'>,
): void {
  if (language !== null && !capabilities.languages.includes(language)) {
    throw new InvalidInputError(
      'invalid_option',
      `${id} knows ${listed(capabilities.languages)}, not ${JSON.stringify(language.slice(0, 20))}; choose another language or model.`,
      { details: { option: 'language' } },
    );
  }
  if (!capabilities.tasks.includes(task)) {
    throw new InvalidInputError(
      'invalid_option',
      `${id} can ${capabilities.tasks.join(' or ')}, not ${task}.`,
      {
        details: { option: 'task' },
      },
    );
  }
}

/** Enough languages to see what is meant. */
const MOST_LISTED = 12;

function listed(languages: readonly string[]): string {
  const shown = languages.slice(0, MOST_LISTED).join(', ');
  return languages.length > MOST_LISTED ? `${shown} and ${languages.length - MOST_LISTED} more` : shown;
}
