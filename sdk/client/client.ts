import { carryAudio } from '../audio/carry-audio.ts';
import { formAudio } from '../audio/form-audio.ts';
import { completeOptions, type ColloquyOptions } from './client-options.ts';
import type { Job, WaitOptions } from './job.ts';
import { type PreparedRequest, prepareRequest, type SubmitRequest } from './job-request.ts';
import { withinLimits } from '../limits.ts';
import { RemoteJob } from './remote-job.ts';
import type { ResultOf } from './results.ts';
import { createService, type Service } from './service.ts';
import type { Live } from '../live/live-session.ts';
import { type LiveRequest, openLive } from '../live/open-live.ts';
import { TaskClient } from './task-client.ts';
import { createTransport } from '../transport/create-transport.ts';
import type { AudioSource, Task } from '../wire.ts';
import { ServerJobs } from './server-jobs.ts';
import { ServerVoices } from './server-voices.ts';

/**
 * The client of Colloquy: on RunPod with `endpointId`, on a server with `baseUrl` alone.
 *
 * @example
 * const client = new Colloquy({ apiKey, endpointId });
 * const transcript = await client.transcribe('meeting.m4a', { numSpeakers: 2 });
 * console.log(transcript.toSrt());
 */
export class Colloquy extends TaskClient {
  readonly #service: Service;
  /** Voices that a server keeps. */
  readonly voices: ServerVoices;
  /** Jobs that a server keeps: list, files of their results, erase. */
  readonly jobs: ServerJobs;

  /** @throws InvalidRequestError `invalid_option` */
  constructor(options: ColloquyOptions) {
    super();
    const resolved = completeOptions(options);
    this.#service = createService(createTransport(resolved), resolved);
    this.voices = new ServerVoices(resolved);
    this.jobs = new ServerJobs(resolved);
  }

  /**
   * Finds a job again by its id.
   *
   * @throws NotFoundError `job_expired`
   */
  async get<T extends Task = Task>(jobId: string, options: WaitOptions = {}): Promise<Job<T>> {
    const look = (signal: AbortSignal) => this.#service.status(jobId, signal);
    return new RemoteJob<T>(this.#service, await withinLimits(options, look));
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
   * Opens a live session on a server: who says what, while they say it.
   *
   * @example
   * const live = await client.live({ audio: { encoding: 's16le', sampleRate: 16_000 } });
   * for await (const event of live) console.log(event.type);
   * @throws InvalidRequestError `invalid_option` with `endpointId`: RunPod has no live sessions
   */
  live(options: LiveRequest = {}): Promise<Live> {
    return openLive(options, this.#service.options);
  }

  protected override async start<T extends Task>(
    request: SubmitRequest<T>,
    signal: AbortSignal,
    options: WaitOptions,
  ): Promise<Job<T>> {
    const prepared = prepareRequest(request);
    const { transport, options: settings } = this.#service;
    if (transport.takesForms === true && settings.upload === undefined) {
      return this.#startWithForm<T>(prepared, signal, options);
    }
    const sources = await carryAudio(prepared.audio, {
      inlineBytes: transport.inlineAudioBytes,
      upload: settings.upload,
      signal,
      onUpload: (done, total) => options.onProgress?.({ stage: 'upload', done, total, index: 0 }),
    });
    const submission = { input: prepared.complete(sources), policy: prepared.policy ?? settings.policy };
    const snapshot = await this.#service.submit(submission, signal);
    settings.logger?.debug?.('job submitted', { jobId: snapshot.id, task: prepared.task });
    return new RemoteJob<T>(this.#service, snapshot);
  }

  /** Recordings go to a server as files of the same request. */
  async #startWithForm<T extends Task>(
    prepared: PreparedRequest,
    signal: AbortSignal,
    { onProgress }: WaitOptions,
  ): Promise<Job<T>> {
    const { options } = this.#service;
    const { withoutAudio, policy } = prepared;
    const form = await formAudio(prepared.audio, signal);
    try {
      const total = form.files.reduce((sum, { blob }) => sum + blob.size, 0);
      const tell = (done: number): void => {
        if (total > 0) onProgress?.({ stage: 'upload', done, total, index: 0 });
      };
      tell(0);
      const elsewhere = form.sources.filter((source): source is AudioSource => !('file' in source));
      const submission =
        form.files.length === 0
          ? { input: prepared.complete(elsewhere), policy: policy ?? options.policy }
          : { input: withoutAudio, form, policy: policy ?? options.policy };
      const snapshot = await this.#service.submit(submission, signal);
      tell(total);
      options.logger?.debug?.('job submitted', { jobId: snapshot.id, task: withoutAudio.task });
      return new RemoteJob<T>(this.#service, snapshot);
    } finally {
      await form.dispose();
    }
  }
}
