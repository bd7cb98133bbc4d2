/**
 * Until when a run should be done. Whoever works for somebody who waits says so once, around all that it does; the runs
 * in it meet those of others in one queue (`lane-queue.ts`), ordered by these deadlines.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

const deadlines = new AsyncLocalStorage<() => number>();

/**
 * Gives the runs of `work` a deadline.
 *
 * @param deadlineMs asked at each run, in ms on the clock of `performance.now`
 */
export function withDeadline<T>(deadlineMs: () => number, work: () => T): T {
  return deadlines.run(deadlineMs, work);
}

/** Work that may wait longer than what is around it; without a deadline around it, it has none either. */
export function withLaterDeadline<T>(byMs: number, work: () => T): T {
  const around = deadlines.getStore();
  return around === undefined ? work() : deadlines.run(() => around() + byMs, work);
}

/** Of a run that is asked for now; infinity where nobody waits. */
export function currentDeadlineMs(): number {
  return deadlines.getStore()?.() ?? Infinity;
}
