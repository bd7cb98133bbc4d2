import type { AudioInput } from '../audio/audio-input.ts';
import { SCHEMA_VERSION } from '../contract/results/schema-version.ts';
import { InvalidRequestError } from '../errors/errors.ts';
import type { JobProgress } from './follow-job.ts';
import type { Job, WaitOptions } from './job.ts';
import type { RequestOf, SubmitRequest } from './job-request.ts';
import { withinLimits } from '../limits.ts';
import type { Diarization, ResultOf, Transcript } from './results.ts';
import { settleAll } from './settle-all.ts';
import { type CallOptions, takeCall } from './task-call.ts';
import type {
  CompareResult,
  DetectSpeechResult,
  EmbedResult,
  IdentifyResult,
  LoudnessResult,
  StreamEvent,
  Task,
  Utterance,
  VerifyResult,
} from '../wire.ts';

/** Options of `runAll`. */
export type RunAllOptions = Omit<WaitOptions, 'onProgress'> & {
  /**
   * Jobs at a time.
   *
   * @default 4
   */
  readonly concurrency?: number;
  /** `request` is the index of the request. @default nobody is told */
  readonly onProgress?: (progress: JobProgress, request: number) => void;
};

const DEFAULT_CONCURRENCY = 4;

/**
 * Every task of Colloquy as one call, wherever it runs.
 *
 * Each task takes audio and options, `transcribe('meeting.m4a', { numSpeakers: 2 })`, or one request and its limits,
 * `transcribe({ audio: 'meeting.m4a', numSpeakers: 2 }, { timeoutMs: 60_000 })`.
 *
 * All calls throw InvalidRequestError before anything is sent, AudioUnavailableError for audio that cannot be read,
 * JobFailedError with the reason, CanceledError for an aborted signal, DeadlineError for `timeoutMs`, and other
 * ColloquyErrors.
 */
export abstract class TaskClient {
  /** Who said what: text with times, words and speakers. */
  transcribe(audio: AudioInput, options?: CallOptions<'transcribe'>): Promise<Transcript>;
  transcribe(request: RequestOf<'transcribe'>, options?: WaitOptions): Promise<Transcript>;
  transcribe(
    first: AudioInput | RequestOf<'transcribe'>,
    second?: CallOptions<'transcribe'>,
  ): Promise<Transcript> {
    return this.#run('transcribe', first, second);
  }

  /** Who spoke when. */
  diarize(audio: AudioInput, options?: CallOptions<'diarize'>): Promise<Diarization>;
  diarize(request: RequestOf<'diarize'>, options?: WaitOptions): Promise<Diarization>;
  diarize(first: AudioInput | RequestOf<'diarize'>, second?: CallOptions<'diarize'>): Promise<Diarization> {
    return this.#run('diarize', first, second);
  }

  /** The voice of a recording as a vector: biometric data. */
  embed(audio: AudioInput, options?: CallOptions<'embed'>): Promise<EmbedResult>;
  embed(request: RequestOf<'embed'>, options?: WaitOptions): Promise<EmbedResult>;
  embed(first: AudioInput | RequestOf<'embed'>, second?: CallOptions<'embed'>): Promise<EmbedResult> {
    return this.#run('embed', first, second);
  }

  /** Whether two recordings hold the same voice. */
  compare(audio: readonly [AudioInput, AudioInput], options?: CallOptions<'compare'>): Promise<CompareResult>;
  compare(request: RequestOf<'compare'>, options?: WaitOptions): Promise<CompareResult>;
  compare(
    first: readonly [AudioInput, AudioInput] | RequestOf<'compare'>,
    second?: CallOptions<'compare'>,
  ): Promise<CompareResult> {
    return this.#run('compare', first, second);
  }

  /** Whether a recording holds a known voice. */
  verify(audio: AudioInput, options: CallOptions<'verify'>): Promise<VerifyResult>;
  verify(request: RequestOf<'verify'>, options?: WaitOptions): Promise<VerifyResult>;
  verify(
    first: AudioInput | RequestOf<'verify'>,
    second?: CallOptions<'verify'> | WaitOptions,
  ): Promise<VerifyResult> {
    return this.#run('verify', first, second);
  }

  /** Which of the known voices a recording holds, if any. */
  identify(audio: AudioInput, options: CallOptions<'identify'>): Promise<IdentifyResult>;
  identify(request: RequestOf<'identify'>, options?: WaitOptions): Promise<IdentifyResult>;
  identify(
    first: AudioInput | RequestOf<'identify'>,
    second?: CallOptions<'identify'> | WaitOptions,
  ): Promise<IdentifyResult> {
    return this.#run('identify', first, second);
  }

  /** Where somebody speaks. */
  detectSpeech(audio: AudioInput, options?: CallOptions<'detect-speech'>): Promise<DetectSpeechResult>;
  detectSpeech(request: RequestOf<'detect-speech'>, options?: WaitOptions): Promise<DetectSpeechResult>;
  detectSpeech(
    first: AudioInput | RequestOf<'detect-speech'>,
    second?: CallOptions<'detect-speech'>,
  ): Promise<DetectSpeechResult> {
    return this.#run('detect-speech', first, second);
  }

  /** How loud a recording is. */
  loudness(audio: AudioInput, options?: CallOptions<'loudness'>): Promise<LoudnessResult>;
  loudness(request: RequestOf<'loudness'>, options?: WaitOptions): Promise<LoudnessResult>;
  loudness(
    first: AudioInput | RequestOf<'loudness'>,
    second?: CallOptions<'loudness'>,
  ): Promise<LoudnessResult> {
    return this.#run('loudness', first, second);
  }

  /**
   * Starts a job and returns without waiting for it.
   *
   * @throws InvalidRequestError before anything is sent; PayloadTooLargeError; AudioUnavailableError; and other
   * ColloquyErrors
   */
  submit<T extends Task>(
    request: SubmitRequest<T> & { task: T },
    options: WaitOptions = {},
  ): Promise<Job<T>> {
    return withinLimits(options, (signal) => this.start<T>(request, signal, options));
  }

  /**
   * Runs a job and gives its events as they come: utterances as soon as they are final, progress, and in the end
   * everything, as an event of type `result`. Whoever leaves the loop before stops the job.
   *
   * @example
   * for await (const event of client.stream({ task: 'transcribe', audio: 'meeting.m4a' })) {
   *   if (event.type === 'utterance') console.log(event.utterance.text);
   * }
   * @throws what `job.wait` throws
   */
  async *stream<T extends Task>(
    request: SubmitRequest<T> & { task: T },
    options: WaitOptions = {},
  ): AsyncGenerator<StreamEvent, void> {
    const job = await this.submit<T>({ ...request, stream: true }, options);
    try {
      yield* job.events(options);
      yield { schemaVersion: SCHEMA_VERSION, type: 'result', output: await job.wait(options) };
    } finally {
      // The end of the loop is what matters; a job that cannot be stopped ends by itself.
      await job.cancel().catch(() => undefined);
    }
  }

  /**
   * What is said, utterance by utterance, as soon as it is final; who says it is known only in the whole result, which
   * is what the iteration returns.
   *
   * @example
   * for await (const { text } of client.utterances('lecture.mp4')) console.log(text);
   * @throws what `stream` throws; the failure of the recording
   */
  async *utterances(
    audio: AudioInput,
    options: CallOptions<'transcribe'> = {},
  ): AsyncGenerator<Utterance, Transcript> {
    const { request, wait } = takeCall<'transcribe'>(audio, options);
    const job = await this.submit<'transcribe'>({ ...request, task: 'transcribe', stream: true }, wait);
    try {
      for await (const event of job.events(wait)) {
        if (event.type === 'utterance') yield event.utterance;
        else if (event.type === 'progress') wait.onProgress?.(event);
      }
      return await job.result(wait);
    } finally {
      await job.cancel().catch(() => undefined);
    }
  }

  /**
   * Runs several jobs of one recording each, a few at a time. One failure does not stop the others: the outcomes
   * stand in the order of the requests, as those of `Promise.allSettled`.
   */
  async runAll<T extends Task>(
    requests: readonly (SubmitRequest<T> & { task: T })[],
    options: RunAllOptions = {},
  ): Promise<PromiseSettledResult<ResultOf<T>>[]> {
    const { concurrency = DEFAULT_CONCURRENCY, onProgress, ...limits } = options;
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new InvalidRequestError(
        'invalid_option',
        `Expected concurrency to be 1 or more; got ${concurrency}.`,
      );
    }
    return settleAll(requests, concurrency, (request, index) =>
      this.#runOne<T>(request, { ...limits, onProgress: (progress) => onProgress?.(progress, index) }),
    );
  }

  /** Checks a request, brings its audio to where the work is done, and starts the job. */
  protected abstract start<T extends Task>(
    request: SubmitRequest<T>,
    signal: AbortSignal,
    options: WaitOptions,
  ): Promise<Job<T>>;

  #run<T extends Task>(
    task: T,
    first: Parameters<typeof takeCall<T>>[0],
    second: Parameters<typeof takeCall<T>>[1],
  ): Promise<ResultOf<T>> {
    const { request, wait } = takeCall<T>(first, second);
    return this.#runOne<T>({ ...request, task } as unknown as SubmitRequest<T>, wait);
  }

  /** Submit and wait as one call: whatever ends it early also ends the job, since nobody else knows its id. */
  #runOne<T extends Task>(request: SubmitRequest<T>, options: WaitOptions): Promise<ResultOf<T>> {
    return withinLimits(options, async (signal) => {
      const job = await this.start<T>(request, signal, options);
      return job.result({ signal, onProgress: options.onProgress });
    });
  }
}

/**
 * What `new Colloquy(…)`, which asks a service, and `openColloquy()` of `colloquy/local`, which works on this machine,
 * have in common: every task as one call. A program that is written for this type runs with either.
 */
export type SpeechClient = Pick<TaskClient, keyof TaskClient>;
