/** Durations that are remembered: the load of the last minutes, not of the last days. */
const REMEMBERED = 50;
/** Until the first job has ended. */
const FIRST_GUESS_SECONDS = 10;
const LONGEST_SECONDS = 300;

/** Guesses how long a new job will wait, from how long the last ones took. */
export class WaitEstimate {
  readonly #seconds: number[] = [];

  /** A job has ended after so long. */
  add(seconds: number): void {
    this.#seconds.push(seconds);
    if (this.#seconds.length > REMEMBERED) this.#seconds.shift();
  }

  /** How long a job at this place will wait where so many run at a time, by the median of the last ones: 1 to 300 s. */
  secondsAt(position: number, concurrency: number): number {
    const sorted = this.#seconds.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? FIRST_GUESS_SECONDS;
    return Math.min(LONGEST_SECONDS, Math.max(1, Math.ceil((median * position) / concurrency)));
  }
}
