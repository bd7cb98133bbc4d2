import { jobListSchema } from '../contract/job-list.ts';
import { fromFailure } from '../errors/remote-error.ts';
import { type CallLimits, withinLimits } from '../limits.ts';
import { serverHeaders } from '../transport/http-jobs.ts';
import { TransportFailure } from '../transport/transport-failure.ts';
import type { JobList, Task } from '../wire.ts';
import type { CompleteOptions } from './client-options.ts';
import { askServer, fetchOf, requireServer } from './server-request.ts';
import { parsed } from './server-voices.ts';

/** A job as a server lists it: without its result. */
export type ListedJob = JobList['jobs'][number];

/** Which jobs to list, and how long to wait for the answer. */
export type ListJobsOptions = CallLimits & {
  /** @default all */
  readonly state?: ListedJob['state'];
  /** @default all */
  readonly task?: Task;
  /** Jobs in one request, 1 to 200. @default 50 */
  readonly pageSize?: number;
};

/** Which file of a result, and how it is written. */
export type ResultFileOptions = CallLimits & {
  /** Which recording of the job. @default 0 */
  readonly index?: number;
  /** With the edits of readers. @default true */
  readonly edited?: boolean;
  /** How it is written, as the command calls it: `{ title: 'Meeting', max_line_width: 40 }`. @default as it is */
  readonly query?: Readonly<Record<string, string | number | boolean>>;
};

/** Jobs that a Colloquy server keeps, as `client.jobs`. */
export class ServerJobs {
  readonly #options: CompleteOptions;

  /** Made by the client. */
  constructor(options: CompleteOptions) {
    this.#options = options;
  }

  /**
   * All jobs of this key, newest first, fetched as they are read.
   *
   * @example
   * for await (const { id, state } of client.jobs.list({ state: 'running' })) console.log(id, state);
   */
  async *list({ state, task, pageSize = 50, ...limits }: ListJobsOptions = {}): AsyncGenerator<
    ListedJob,
    void
  > {
    requireServer(this.#options, 'Lists of jobs');
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: String(pageSize) });
      if (state !== undefined) query.set('state', state);
      if (task !== undefined) query.set('task', task);
      if (cursor !== null) query.set('cursor', cursor);
      const reply = await askServer(
        this.#options,
        { method: 'GET', path: `/v1/jobs?${query.toString()}` },
        limits,
      );
      const page: JobList = parsed(jobListSchema.safeParse(reply));
      yield* page.jobs;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  /**
   * The result of a job in a format, written by the server, with the edits that were made on its page.
   *
   * @throws NotFoundError; ColloquyError
   */
  file(
    jobId: string,
    format: string,
    { index = 0, edited, query = {}, ...limits }: ResultFileOptions = {},
  ): Promise<Uint8Array> {
    requireServer(this.#options, 'Files of results');
    const { baseUrl } = this.#options;
    const path = `/v1/jobs/${encodeURIComponent(jobId)}/result/${index}/${encodeURIComponent(format)}`;
    const url = new URL(baseUrl + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    if (edited !== undefined) url.searchParams.set('edited', String(edited));
    return withinLimits(limits, async (signal) => {
      const reply = await fetchOf(this.#options)(url.href, {
        headers: serverHeaders(this.#options),
        signal,
        redirect: 'error',
      }).catch((cause: unknown) => {
        signal.throwIfAborted();
        throw fromFailure(new TransportFailure('network', { cause }), 'job', jobId);
      });
      if (reply.ok) return new Uint8Array(await reply.arrayBuffer());
      const body = (await reply.json().catch(() => undefined)) as { message?: string } | undefined;
      const failure = new TransportFailure('status', { status: reply.status, serverMessage: body?.message });
      throw fromFailure(failure, 'job', jobId);
    });
  }

  /** Stops a job and removes everything of it, its recordings included. @throws NotFoundError */
  async erase(jobId: string, limits: CallLimits = {}): Promise<void> {
    requireServer(this.#options, 'Jobs that can be erased');
    const path = `/v1/jobs/${encodeURIComponent(jobId)}?erase=true`;
    await askServer(this.#options, { method: 'DELETE', path }, limits);
  }
}
