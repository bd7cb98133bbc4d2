/** How far a batch is. */
export type BatchCounts = {
  planned: number;
  running: number;
  /** Ended well by this run. */
  done: number;
  dead: number;
  replaced: number;
  /** Attempts that failed and were repeated. */
  retried: number;
  audioSeconds: number;
  bytesDone: number;
  bytesPlanned: number;
};

export function newCounts(): BatchCounts {
  return {
    planned: 0,
    running: 0,
    done: 0,
    dead: 0,
    replaced: 0,
    retried: 0,
    audioSeconds: 0,
    bytesDone: 0,
    bytesPlanned: 0,
  };
}

/** Rates are those of the last so many seconds: a batch of a week must show what it does now. */
const WINDOW_SECONDS = 300;

/** Speed of a batch over its last five minutes, and the time that is left at that speed. */
export class BatchRate {
  readonly #ends: { readonly atSeconds: number; readonly audioSeconds: number; readonly bytes: number }[] =
    [];
  readonly #startedAtSeconds: number;

  constructor(nowSeconds: number) {
    this.#startedAtSeconds = nowSeconds;
  }

  add(nowSeconds: number, audioSeconds: number, bytes: number): void {
    this.#ends.push({ atSeconds: nowSeconds, audioSeconds, bytes });
    while (this.#ends.length > 1 && this.#ends[0]!.atSeconds < nowSeconds - WINDOW_SECONDS)
      this.#ends.shift();
  }

  /** Hours of audio an hour: times real time. */
  timesRealTime(nowSeconds: number): number {
    return this.#sum(nowSeconds, ({ audioSeconds }) => audioSeconds);
  }

  /** Sizes stand for lengths of recordings that nobody has looked at yet. `undefined` before anything ended. */
  secondsLeft(nowSeconds: number, bytesLeft: number): number | undefined {
    const bytesPerSecond = this.#sum(nowSeconds, ({ bytes }) => bytes);
    return bytesPerSecond === 0 ? undefined : bytesLeft / bytesPerSecond;
  }

  #sum(
    nowSeconds: number,
    of: (end: { readonly audioSeconds: number; readonly bytes: number }) => number,
  ): number {
    const since = Math.max(this.#startedAtSeconds, nowSeconds - WINDOW_SECONDS);
    const seconds = Math.max(1e-3, nowSeconds - since);
    return (
      this.#ends.filter(({ atSeconds }) => atSeconds >= since).reduce((sum, end) => sum + of(end), 0) /
      seconds
    );
  }
}
