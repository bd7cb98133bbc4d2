import type { SpeechError } from '../../../core/errors.ts';

/** So many different items in a row with one systemic failure are no accident. */
const TRIPS_AFTER = 5;

/**
 * Holds items back that failed for a reason that may lie outside of them. If others go well, it was theirs; if the
 * next ones fail alike, it was not, and no item is blamed.
 */
export class CircuitBreaker<Item> {
  #held: { readonly item: Item; readonly failure: SpeechError }[] = [];

  /** Adds a failure. @returns the failure that all have in common, once there are enough of them */
  fail(item: Item, failure: SpeechError): SpeechError | undefined {
    if (this.#held.some((one) => one.failure.code !== failure.code)) this.#held = [];
    // An item that is tried again is no other one.
    if (!this.#held.some((one) => one.item === item)) this.#held.push({ item, failure });
    return this.#held.length >= TRIPS_AFTER ? failure : undefined;
  }

  /** Something went well, or failed for a reason of its own: those held back failed for theirs. */
  release(): readonly { readonly item: Item; readonly failure: SpeechError }[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }
}
