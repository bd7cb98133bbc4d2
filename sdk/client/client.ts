import { carryAudio } from '../audio/carry-audio.ts';
import { resolveOptions, type ColloquyOptions } from './client-options.ts';
import { SCHEMA_VERSION } from '../contract/schema-version.ts';
import { InvalidRequestError } from '../errors/errors.ts';
import type { JobProgress } from './follow-job.ts';
import { Job, type WaitOptions } from './job.ts';
import { prepareRequest, type RequestOf, type SubmitRequest } from './job-request.ts';
import { withinLimits } from '../limits.ts';
import type { Diarization, ResultOf, Transcript } from './results.ts';
import { createService, type Service } from './service.ts';
import { settleAll } from './settle-all.ts';
import { createTransport } from '../transport/create-transport.ts';
import type {
  CompareResult,
  DetectSpeechResult,
  EmbedResult,
  IdentifyResult,
  LoudnessResult,
  StreamEvent,
  Task,
  VerifyResult,
} from '../wire.ts';

/** Options of `runAll`. */
export type RunAllOptions = Omit<WaitOptions, 'onProgress'> & {
  /** Jobs at a time; 4. */
  readonly concurrency?: number;
  /** `request` is the index of the request. */
  readonly onProgress?: (progress: JobProgress, request: number) => void;
};

const DEFAULT_CONCURRENCY = 4;

/**
 * The client of Colloquy: on RunPod with `endpointId`, on a server with `baseUrl` alone.
 *
 * @example
 * const client = new Colloquy({ apiKey, endpointId });
 * const transcript = await client.transcribe({ audio: 'meeting.m4a', numSpeakers: 2 });
 * console.log(transcript.toSrt());
 */
export class Colloquy {
  readonly #service: Service;

  /** @throws InvalidRequestError `invalid_option` */
  constructor(options: ColloquyOptions) {
    const resolved = resolveOptions(options);
    this.#service = createService(createTransport(resolved), resolved);
  }

  /** Who said what: text with times, words and speakers. */
  transcribe(request: RequestOf<'transcribe'>, options?: WaitOptions): Promise<Transcript> {
    return this.#run('transcribe', request, options);
  }

  /** Who spoke when. */
  diarize(request: RequestOf<'diarize'>, options?: WaitOptions): Promise<Diarization> {
    return this.#run('diarize', request, options);
  }

  /** The voice of a recording as a vector: biometric data. */
  embed(request: RequestOf<'embed'>, options?: WaitOptions): Promise<EmbedResult> {
    return this.#run('embed', request, options);
  }

  /** Whether two recordings hold the same voice. */
  compare(request: RequestOf<'compare'>, options?: WaitOptions): Promise<CompareResult> {
    return this.#run('compare', request, options);
  }

  /** Whether a recording holds a known voice. */
  verify(request: RequestOf<'verify'>, options?: WaitOptions): Promise<VerifyResult> {
    return this.#run('verify', request, options);
  }

  /** Which of the known voices a recording holds, if any. */
  identify(request: RequestOf<'identify'>, options?: WaitOptions): Promise<IdentifyResult> {
    return this.#run('identify', request, options);
  }

  /** Where somebody speaks. */
  detectSpeech(request: RequestOf<'detect-speech'>, options?: WaitOptions): Promise<DetectSpeechResult> {
    return this.#run('detect-speech', request, options);
  }

  /** How loud a recording is. */
  loudness(request: RequestOf<'loudness'>, options?: WaitOptions): Promise<LoudnessResult> {
    return this.#run('loudness', request, options);
  }

  /**
   * Sends a job and returns without waiting for it. Audio that is not at an address yet is read or uploaded first.
   *
   * @throws InvalidRequestError before anything is sent; PayloadTooLargeError; AudioUnavailableError; and other
   * ColloquyErrors
   */
  submit<T extends Task>(
    request: SubmitRequest<T> & { task: T },
    options: WaitOptions = {},
  ): Promise<Job<T>> {
    return withinLimits(options, (signal) => this.#submit<T>(request, signal, options));
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
   * Finds a job again by its id.
   *
   * @throws NotFoundError `job_expired`
   */
  async get<T extends Task = Task>(jobId: string, options: WaitOptions = {}): Promise<Job<T>> {
    const look = (signal: AbortSignal) => this.#service.status(jobId, signal);
    return new Job<T>(this.#service, await withinLimits(options, look));
  }

  /** Waits for a job by its id: `(await client.get(jobId)).result(options)`. */
  async result<T extends Task = Task>(jobId: string, options: WaitOptions = {}): Promise<ResultOf<T>> {
    return (await this.get<T>(jobId, options)).result(options);
  }

  /** Stops a job by its id. */
  cancel(jobId: string, options: WaitOptions = {}): Promise<void> {
    return withinLimits(options, (signal) => this.#service.cancel(jobId, signal));
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

  #run<T extends Task>(task: T, request: RequestOf<T>, options: WaitOptions = {}): Promise<ResultOf<T>> {
    return this.#runOne<T>({ ...request, task } as unknown as SubmitRequest<T> & { task: T }, options);
  }

  /** Submit and wait as one call: whatever ends it early also ends the job, since nobody else knows its id. */
  #runOne<T extends Task>(request: SubmitRequest<T>, options: WaitOptions): Promise<ResultOf<T>> {
    return withinLimits(options, async (signal) => {
      const job = await this.#submit<T>(request, signal, options);
      return job.result({ signal, onProgress: options.onProgress });
    });
  }

  async #submit<T extends Task>(
    request: SubmitRequest<T>,
    signal: AbortSignal,
    options: WaitOptions,
  ): Promise<Job<T>> {
    const prepared = prepareRequest(request);
    const { transport, options: settings } = this.#service;
    const sources = await carryAudio(prepared.audio, {
      inlineBytes: transport.inlineAudioBytes,
      upload: settings.upload,
      signal,
      onUpload: (done, total) => options.onProgress?.({ stage: 'upload', done, total, index: 0 }),
    });
    const submission = { input: prepared.complete(sources), policy: prepared.policy ?? settings.policy };
    const snapshot = await this.#service.submit(submission, signal);
    settings.logger?.debug?.('job submitted', { jobId: snapshot.id, task: prepared.task });
    return new Job<T>(this.#service, snapshot);
  }
}
