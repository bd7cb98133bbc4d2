import type { Clock } from './clock.ts';

/** How patiently what is done is delivered: a result to the platform, an object to its store. */
export type DeliverySchedule = {
  /** Waits between tries; the last one repeats. */
  readonly waitsMs: readonly number[];
  /** After this long a delivery that fails for reasons that pass is given up. */
  readonly giveUpMs: number;
  /** The same for a refusal that may be one of the moment: a key that is being changed, a server that just came up. */
  readonly giveUpRefusedMs: number;
  /** After so many failures the delivery is slow: whoever waits for it may begin something else. */
  readonly failuresUntilSlow: number;
};

/** The first waits of the original worker, then ours: it gives up where we go on for ten minutes. */
export const DELIVERY_SCHEDULE: DeliverySchedule = Object.freeze({
  waitsMs: Object.freeze([2_000, 3_000, 5_000, 10_000, 20_000, 30_000]),
  giveUpMs: 600_000,
  giveUpRefusedMs: 60_000,
  failuresUntilSlow: 3,
});

/** How one try went. `waitMs` is what the other side asks for. */
export type DeliveryTry<T> =
  | { readonly kind: 'delivered'; readonly value: T }
  | { readonly kind: 'passing'; readonly reason: string; readonly waitMs?: number | undefined }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'final'; readonly reason: string };

export type DeliveryOptions = {
  readonly schedule: DeliverySchedule;
  readonly clock: Clock;
  /** Aborted: the try that is under way is the last. */
  readonly signal: AbortSignal;
  /** The delivery will take a while; may be called more than once. */
  readonly onSlow?: (() => void) | undefined;
  readonly onFailure?: ((reason: string, attempt: number) => void) | undefined;
};

/** What became of it all. A delivery that was given up could be begun anew where the last failure was one that passes. */
export type DeliveryOutcome<T> =
  | { readonly kind: 'delivered'; readonly value: T }
  | {
      readonly kind: 'given up';
      readonly reason: string;
      readonly attempts: number;
      readonly passing: boolean;
    };

/** Tries again until it is delivered, refused for good, or the time is over. */
export async function deliver<T>(
  attempt: () => Promise<DeliveryTry<T>>,
  options: DeliveryOptions,
): Promise<DeliveryOutcome<T>> {
  const { schedule, clock, signal } = options;
  const startMs = clock.now();
  for (let attempts = 1; ; attempts++) {
    const outcome = await attempt();
    if (outcome.kind === 'delivered') return outcome;
    options.onFailure?.(outcome.reason, attempts);
    const waitMs = waitAfter(outcome, attempts, schedule);
    const limitMs = outcome.kind === 'refused' ? schedule.giveUpRefusedMs : schedule.giveUpMs;
    const isOutOfTime = signal.aborted || clock.now() - startMs + waitMs > limitMs;
    if (outcome.kind === 'final' || isOutOfTime) {
      return { kind: 'given up', reason: outcome.reason, attempts, passing: outcome.kind === 'passing' };
    }
    // A refusal rarely passes: nobody should wait for that.
    if (outcome.kind === 'refused' || attempts >= schedule.failuresUntilSlow) options.onSlow?.();
    await clock.sleep(waitMs, signal);
  }
}

function waitAfter(outcome: DeliveryTry<unknown>, attempts: number, { waitsMs }: DeliverySchedule): number {
  const step = waitsMs[Math.min(attempts, waitsMs.length) - 1] ?? 0;
  const asked = outcome.kind === 'passing' ? outcome.waitMs : undefined;
  return asked ?? step * (1 + 0.1 * Math.random());
}
