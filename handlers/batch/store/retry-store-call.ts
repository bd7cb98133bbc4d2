import { setTimeout as delay } from 'node:timers/promises';
import { backOffDelayMs } from '../../../core/net/back-off.ts';
import type { SpeechError } from '../../../core/errors.ts';

const TIMING = { firstDelayMs: 200, maxDelayMs: 10_000 };

/** With the waits above about half a minute: longer outages are the affair of the item's own attempts. */
const ATTEMPTS = 7;

/** Repeats a call to a store while its failure may pass. */
export async function retryStoreCall<T>(
  call: () => Promise<T>,
  rules: {
    readonly signal: AbortSignal;
    readonly mayPass: (error: unknown) => boolean;
    /** The failure as an error of ours. */
    readonly describe: (error: unknown) => SpeechError;
  },
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      rules.signal.throwIfAborted();
      if (attempt + 1 >= ATTEMPTS || !rules.mayPass(error)) throw rules.describe(error);
    }
    await delay(backOffDelayMs(attempt, TIMING, Math.random()), undefined, { signal: rules.signal });
  }
}
