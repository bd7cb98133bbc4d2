import type { Payload } from '../storage/payload.ts';
import type { Totals } from './job-counts.ts';
import { isFinal, payloadsOf, type JobRecord } from './job-record.ts';

/**
 * Where changes are written down before they count. A method that throws has written nothing, and what it was told of
 * does not happen.
 */
export type JobMemory = {
  put(job: JobRecord, totals?: Totals): void;
  chunk(jobId: string, chunk: Payload): void;
  drop(jobId: string): void;
};

/** The memory of a platform whose jobs need not outlive it. */
export const NO_MEMORY: JobMemory = Object.freeze({
  put: () => undefined,
  chunk: () => undefined,
  drop: () => undefined,
});

export type JobTableOptions = {
  readonly memory: JobMemory;
  /** No job has this payload any more. */
  readonly dropPayload: (payload: Payload) => void;
};

/** What a job takes beside its payloads: its record, and its line in the journal. */
const RECORD_BYTES = 2_048;

/** All jobs of an endpoint, and how much they hold. Whatever changes is written down first. */
export class JobTable {
  readonly #options: JobTableOptions;
  readonly #jobs = new Map<string, JobRecord>();
  /** Ids of ended jobs, those that ended first in front. */
  readonly #ended = new Set<string>();
  /** Idempotency key -> id of the last job that came with it. */
  readonly #idOfKey = new Map<string, string>();
  #heldBytes = 0;

  constructor(options: JobTableOptions) {
    this.#options = options;
  }

  get all(): Iterable<JobRecord> {
    return this.#jobs.values();
  }

  get(jobId: string): JobRecord | undefined {
    return this.#jobs.get(jobId);
  }

  /** The last job with this idempotency key. */
  withKey(key: string): JobRecord | undefined {
    return this.#jobs.get(this.#idOfKey.get(key) ?? '');
  }

  add(job: JobRecord): void {
    this.#options.memory.put(job);
    this.restore(job);
  }

  /** Puts back a job that is written down already. */
  restore(job: JobRecord): void {
    this.#jobs.set(job.id, job);
    if (job.identity !== undefined) this.#idOfKey.set(job.identity.key, job.id);
    if (isFinal(job.state)) this.#ended.add(job.id);
    this.#heldBytes += heldBytesOf(job);
  }

  /** @param totals what has been counted with this change, where it counts */
  change(job: JobRecord, changes: Partial<JobRecord>, totals?: Totals): void {
    this.#options.memory.put({ ...job, ...changes }, totals);
    const before = payloadsOf(job);
    this.#heldBytes -= heldBytesOf(job);
    Object.assign(job, changes);
    this.#heldBytes += heldBytesOf(job);
    this.#ended.delete(job.id);
    if (isFinal(job.state)) this.#ended.add(job.id);
    const kept = new Set(payloadsOf(job));
    for (const payload of before) if (!kept.has(payload)) this.#options.dropPayload(payload);
  }

  addChunk(job: JobRecord, chunk: Payload): void {
    this.#options.memory.chunk(job.id, chunk);
    job.chunks.push(chunk);
    this.#heldBytes += chunk.bytes;
  }

  /** Takes all streamed values out; whoever called has them now, and lets go of them when it is done. */
  takeChunks(job: JobRecord): readonly Payload[] {
    const { chunks } = job;
    if (chunks.length === 0) return [];
    this.#options.memory.put({ ...job, chunks: [] });
    this.#heldBytes -= bytesOf(chunks);
    job.chunks = [];
    return chunks;
  }

  remove(job: JobRecord): void {
    this.#options.memory.drop(job.id);
    this.#jobs.delete(job.id);
    this.#ended.delete(job.id);
    const key = job.identity?.key;
    if (key !== undefined && this.#idOfKey.get(key) === job.id) this.#idOfKey.delete(key);
    this.#heldBytes -= heldBytesOf(job);
    payloadsOf(job).forEach(this.#options.dropPayload);
  }

  /** The ended job whose result has been kept longest, where keeping so many bytes more goes beyond the limit. */
  firstToMakeRoomFor(bytes: number, limitBytes: number): JobRecord | undefined {
    if (this.hasRoomFor(bytes, limitBytes)) return undefined;
    const [first] = this.#ended;
    return first === undefined ? undefined : this.#jobs.get(first);
  }

  hasRoomFor(bytes: number, limitBytes: number): boolean {
    return this.#heldBytes + bytes + RECORD_BYTES <= limitBytes;
  }
}

function heldBytesOf(job: JobRecord): number {
  return RECORD_BYTES + bytesOf(payloadsOf(job));
}

function bytesOf(payloads: readonly Payload[]): number {
  return payloads.reduce((sum, payload) => sum + payload.bytes, 0);
}
