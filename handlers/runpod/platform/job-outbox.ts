import { isRetryableStatus } from '../../../core/net/retryable-status.ts';
import type { Clock } from '../../../core/net/clock.ts';
import type { WorkerLog } from '../log.ts';
import type { PlatformClient } from './platform-client.ts';
import type { PlatformReply } from './platform-http.ts';
import { explain } from './result-sink.ts';
import type { WorkerTiming } from '../timing.ts';

/** Chunks that may wait for the platform before the handler has to wait too. */
const MAX_WAITING_CHUNKS = 16;

/** Posts of one progress update or chunk; unlike a final result they are not worth waiting for longer. */
const MAX_ATTEMPTS = 3;

/**
 * Sends what a running job says, one post at a time and in order, so that nothing overtakes anything: a progress
 * update that is superseded before it leaves is dropped, chunks are all sent, and once the outbox is closed nothing
 * follows.
 */
export class JobOutbox {
  readonly #jobId: string;
  readonly #client: PlatformClient;
  readonly #clock: Clock;
  readonly #timing: WorkerTiming;
  readonly #log: WorkerLog;
  readonly #chunks: string[] = [];
  /** Ends the wait before a progress update is posted again, and before anything is. */
  readonly #noProgress = new AbortController();
  readonly #nothing = new AbortController();
  #progress: string | undefined;
  #closed = false;
  #pump: Promise<void> | undefined;
  #chunkSent: (() => void) | undefined;

  constructor(
    jobId: string,
    parts: { client: PlatformClient; clock: Clock; timing: WorkerTiming; log: WorkerLog },
  ) {
    this.#jobId = jobId;
    this.#client = parts.client;
    this.#clock = parts.clock;
    this.#timing = parts.timing;
    this.#log = parts.log;
  }

  /** Sends a progress update some time; only the newest one matters. */
  progress(valueJson: string): void {
    if (this.#closed) return;
    this.#progress = `{"status": "IN_PROGRESS", "output": ${valueJson}}`;
    this.#start();
  }

  /** Queues a chunk; resolves when there is room for the next one. */
  async chunk(valueJson: string): Promise<void> {
    if (this.#closed) return;
    this.#chunks.push(`{"output": ${valueJson}}`);
    this.#start();
    while (this.#chunks.length >= MAX_WAITING_CHUNKS) {
      await new Promise<void>((resolve) => (this.#chunkSent = resolve));
    }
  }

  /** Takes nothing more, sends the chunks that wait, and resolves when nothing is on its way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#progress = undefined;
    this.#noProgress.abort();
    await this.#pump;
  }

  /** Takes nothing more and forgets what waits; what is on its way arrives. */
  discard(): void {
    this.#closed = true;
    this.#progress = undefined;
    this.#chunks.length = 0;
    this.#noProgress.abort();
    this.#nothing.abort();
    this.#chunkSent?.();
  }

  #start(): void {
    this.#pump ??= this.#run();
  }

  async #run(): Promise<void> {
    for (;;) {
      const progress = this.#progress;
      this.#progress = undefined;
      const chunk = progress === undefined ? this.#chunks.shift() : undefined;
      if (progress !== undefined) await this.#postProgress(progress);
      else if (chunk !== undefined) await this.#postChunk(chunk);
      else {
        // In the same step as the check: whatever comes next starts a new run.
        this.#pump = undefined;
        return;
      }
    }
  }

  async #postProgress(body: string): Promise<void> {
    await this.#post(() => this.#client.postOutput(this.#jobId, body, false), this.#noProgress.signal);
  }

  async #postChunk(body: string): Promise<void> {
    await this.#post(() => this.#client.postChunk(this.#jobId, body), this.#nothing.signal);
    this.#chunkSent?.();
  }

  async #post(send: () => Promise<PlatformReply>, givenUp: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const reply = await send();
      if (reply.kind === 'reply' && reply.status < 400) return;
      const canRetry = reply.kind !== 'reply' || isRetryableStatus(reply.status);
      if (!canRetry || attempt === MAX_ATTEMPTS) {
        this.#log('WARN', `An update could not be posted: ${explain(reply)}.`, this.#jobId);
        return;
      }
      await this.#clock.sleep(this.#timing.delivery.waitsMs[attempt - 1] ?? 1000, givenUp);
      if (givenUp.aborted) return;
    }
  }
}
