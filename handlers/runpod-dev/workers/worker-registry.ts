/** What the platform knows of its workers: who is there, and what each one has to stop. */
import { steadyNow } from '../../../core/net/steady-now.ts';
export class WorkerRegistry {
  readonly #lastSeenMs = new Map<string, number>();
  readonly #unhealthy = new Set<string>();
  readonly #stops = new Map<string, Set<string>>();
  readonly #now: () => number;
  /** A worker that was not heard of for this long is gone. */
  readonly #goneMs: number;

  constructor(goneMs: number, now: () => number = steadyNow) {
    this.#goneMs = goneMs;
    this.#now = now;
  }

  seen(workerId: string): void {
    this.#lastSeenMs.set(workerId, this.#now());
  }

  unhealthy(workerId: string, _check: string, _reason: string): void {
    this.#unhealthy.add(workerId);
  }

  forget(workerId: string): void {
    this.#lastSeenMs.delete(workerId);
    this.#unhealthy.delete(workerId);
    this.#stops.delete(workerId);
  }

  addStop(workerId: string, jobId: string): void {
    const stops = this.#stops.get(workerId) ?? new Set();
    this.#stops.set(workerId, stops.add(jobId));
  }

  stopsFor(workerId: string): number {
    return this.#stops.get(workerId)?.size ?? 0;
  }

  takeStops(workerId: string): string[] {
    const stops = [...(this.#stops.get(workerId) ?? [])];
    this.#stops.delete(workerId);
    return stops;
  }

  /** Forgets workers that are gone; whoever asks under a new name each time takes no room for long. */
  sweep(): void {
    for (const [workerId, seenMs] of this.#lastSeenMs) {
      if (this.#now() - seenMs > this.#goneMs) this.forget(workerId);
    }
  }

  /** The `workers` of `/health`. `jobsOf` tells how many jobs a worker holds. */
  counts(jobsOf: (workerId: string) => number, initializing: number): Record<string, number> {
    let idle = 0;
    let running = 0;
    this.sweep();
    for (const workerId of this.#lastSeenMs.keys()) {
      if (this.#unhealthy.has(workerId)) continue;
      else if (jobsOf(workerId) > 0) running += 1;
      else idle += 1;
    }
    return {
      idle,
      initializing,
      ready: idle + running,
      running,
      throttled: 0,
      unhealthy: this.#unhealthy.size,
    };
  }
}
