import type { JobResult, StreamEvent } from '../../../sdk/contract/index.ts';
import type { DeskEvent, DeskJob, DeskRequest } from './desk-job.ts';
import { EventLog } from './event-log.ts';
import type { JobFolders } from './job-folders.ts';

/** How far a job is. */
type JobProgress = Extract<StreamEvent, { type: 'progress' }>;

/** A job in hand: its state and events, kept on the disk where it is kept at all, and how it is stopped. */
export class LiveJob {
  readonly request: DeskRequest;
  readonly log: EventLog;
  readonly stop = new AbortController();
  /** Resolves when it has ended, or waits for the next process. */
  readonly over: Promise<void>;
  result: JobResult | undefined;
  readonly #files: JobFolders;
  readonly #onChange: (job: DeskJob) => void;
  #resolveOver!: () => void;
  #job: DeskJob;
  #progress: JobProgress | undefined;

  constructor(
    job: DeskJob,
    request: DeskRequest,
    { files, onChange }: { readonly files: JobFolders; readonly onChange: (job: DeskJob) => void },
    log = new EventLog(),
  ) {
    this.#job = job;
    this.request = request;
    this.#files = files;
    this.#onChange = onChange;
    this.log = log;
    this.over = new Promise((resolve) => (this.#resolveOver = resolve));
  }

  get job(): DeskJob {
    return this.#job;
  }

  /** The latest, while it runs. */
  get progress(): JobProgress | undefined {
    return this.#progress;
  }

  async change(change: Partial<DeskJob>): Promise<void> {
    this.#job = { ...this.#job, ...change };
    this.#onChange(this.#job);
    if (this.request.isKept) await this.#files.write(this.#job);
    this.tellState();
  }

  /** @param position in the queue, from 1, while it waits */
  tellState(position?: number): void {
    this.#add({
      number: this.log.next(),
      type: 'state',
      job: this.#job,
      ...(position === undefined ? {} : { position }),
    });
  }

  tell(event: StreamEvent): void {
    if (event.type === 'progress') this.#progress = event;
    this.#add({ number: this.log.next(), type: 'stream', event });
  }

  /** Nothing comes after this. */
  end(): void {
    this.#progress = undefined;
    this.log.end();
    this.#resolveOver();
  }

  /** Left as it is for the next process. */
  leave(): void {
    this.#resolveOver();
  }

  #add(event: DeskEvent): void {
    this.log.add(event);
    const isProgress = event.type === 'stream' && event.event.type === 'progress';
    // Of no use after the job, and too often to be written.
    if (this.request.isKept && !isProgress) {
      void this.#files.appendEvent(this.#job.id, event).catch(() => undefined);
    }
  }
}
