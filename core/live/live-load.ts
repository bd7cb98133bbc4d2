import type { ShedStep } from '../result/live/live-events.ts';

/** In the order in which they are left out. */
export const SHED_STEPS: readonly ShedStep[] = ['interim-text', 'half-steps', 'frequent-corrections'];

/** So far behind, in seconds, each step is left out. */
const BEHIND_SECONDS = [1, 2, 4] as const;
/** Less behind than this for so long, the last step is taken up again. */
const CALM_BEHIND_SECONDS = 0.5;
const CALM_SECONDS = 10;

/**
 * Whether a session keeps up with people who speak, and what it leaves out while it does not.
 *
 * Sound that comes faster than people speak, as from a file, makes nobody wait: behind is what was heard, at most as much
 * as time has passed, and is not worked on yet.
 */
export class LiveLoad {
  readonly #now: () => number;
  #beganAt: number | undefined;
  #calmSince: number | undefined;
  #count = 0;

  /** @param now in seconds, of any clock */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The first sound comes. */
  begin(): void {
    this.#beganAt ??= this.#now();
  }

  /** What is left out now. */
  get shed(): readonly ShedStep[] {
    return SHED_STEPS.slice(0, this.#count);
  }

  leavesOut(step: ShedStep): boolean {
    return SHED_STEPS.indexOf(step) < this.#count;
  }

  /** Seconds that people who speak wait longer than they should. */
  behindSeconds(heardSeconds: number, workedSeconds: number): number {
    const passed = this.#now() - (this.#beganAt ?? this.#now());
    return Math.max(0, Math.min(heardSeconds, passed) - workedSeconds);
  }

  /**
   * Looks at how far behind the session is.
   *
   * @returns whether something more, or less, is left out from now on
   */
  look(heardSeconds: number, workedSeconds: number): boolean {
    const behind = this.behindSeconds(heardSeconds, workedSeconds);
    const next = BEHIND_SECONDS[this.#count];
    if (next !== undefined && behind > next) {
      this.#count += 1;
      this.#calmSince = undefined;
      return true;
    }
    if (behind >= CALM_BEHIND_SECONDS || this.#count === 0) {
      this.#calmSince = undefined;
      return false;
    }
    this.#calmSince ??= this.#now();
    if (this.#now() - this.#calmSince < CALM_SECONDS) return false;
    this.#count -= 1;
    this.#calmSince = undefined;
    return true;
  }
}
