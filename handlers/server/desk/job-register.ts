import { InputUnavailableError } from '../../../core/errors.ts';
import { isOverJob, type DeskJob, type DeskRequest } from './desk-job.ts';

/** What the desk knows of every job, running or not. */
export class JobRegister {
  readonly #jobs = new Map<string, DeskJob>();

  add(job: DeskJob): void {
    this.#jobs.set(job.id, job);
  }

  /** A job as it is now; one that was erased meanwhile stays away. */
  update(job: DeskJob): void {
    if (this.#jobs.has(job.id)) this.#jobs.set(job.id, job);
  }

  remove(id: string): void {
    this.#jobs.delete(id);
  }

  find(id: string): DeskJob | undefined {
    return this.#jobs.get(id);
  }

  /** @throws InputUnavailableError `not_found`, also for jobs of others */
  get(id: string, owner: string): DeskJob {
    const job = this.#jobs.get(id);
    if (job?.owner === owner) return job;
    throw new InputUnavailableError(
      'not_found',
      'There is no such job. Check its id; jobs are kept for a limited time.',
    );
  }

  /** Newest first. */
  list(owner: string): DeskJob[] {
    return [...this.#jobs.values()]
      .filter((job) => job.owner === owner)
      .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : -1));
  }

  /** A failed or canceled job gives its key free: the same submission runs anew. */
  ofKey({ owner, idempotencyKey }: DeskRequest): DeskJob | undefined {
    if (idempotencyKey === undefined) return undefined;
    return [...this.#jobs.values()].find(
      (job) =>
        job.owner === owner &&
        job.idempotencyKey === idempotencyKey &&
        job.state !== 'failed' &&
        job.state !== 'canceled',
    );
  }

  reads(recording: string): boolean {
    return [...this.#jobs.values()].some((job) => job.recordings.includes(recording));
  }

  endedBefore(timeMs: number): DeskJob[] {
    return [...this.#jobs.values()].filter(
      (job) => isOverJob(job) && (job.endedAtMs ?? job.createdAtMs) < timeMs,
    );
  }
}
