/** Which live sessions the engine takes: by what they are going to cost, and by whether those that run are followed. */
import { CapacityError } from '../errors.ts';
import type { LiveTask } from '../live/live-options.ts';
import { SHED_STEPS } from '../live/live-load.ts';
import type { LiveEvent } from '../result/live/live-events.ts';

/**
 * Seconds of one core that a second of sound takes, by what is done with it: `bench -- live` measures them. Words before
 * their text is final are not counted: they are left out where there is no time for them.
 */
export const LIVE_COSTS = Object.freeze({ speech: 0.02, speakers: 0.15, text: 0.07 });

/** What a session is going to cost, in cores. */
export function liveCost(tasks: readonly LiveTask[]): number {
  const { speech, speakers, text } = LIVE_COSTS;
  const hasSpeakers = tasks.includes('diarize') || tasks.includes('verify');
  return speech + (hasSpeakers ? speakers : 0) + (tasks.includes('transcribe') ? text : 0);
}

/** A session that was taken. */
export type LivePlace = {
  /** Notes how the session does. */
  readonly hear: (event: LiveEvent) => void;
  /** The session is over; again does nothing. */
  readonly leave: () => void;
};

type Running = { readonly cost: number; isBehind: boolean };

export class LiveAdmission {
  readonly #cores: number;
  readonly #running = new Set<Running>();

  /** @param cores that live sessions may take together; a single one is taken whatever it costs */
  constructor(cores: number) {
    this.#cores = cores;
  }

  /** @throws CapacityError `overloaded` that says what to do */
  require(cost: number): void {
    const running = [...this.#running];
    if (running.length === 0) return;
    const taken = running.reduce((sum, { cost: one }) => sum + one, 0);
    // Costs are sums of hundredths.
    if (taken + cost > this.#cores + 1e-9) {
      throw new CapacityError(
        'overloaded',
        `The ${running.length} live sessions that run take ${shown(taken)} of the ${shown(this.#cores)} cores for live sessions, and this one needs ${shown(cost)}. Try again when one has ended, ask for fewer tasks, or start another server.`,
        {
          details: {
            sessions: running.length,
            takenCores: taken,
            allowedCores: this.#cores,
            neededCores: cost,
          },
        },
      );
    }
    if (running.some(({ isBehind }) => isBehind)) {
      throw new CapacityError(
        'overloaded',
        'The live sessions that run cannot be followed any more: no other is taken. Try again in a minute, or start another server.',
        { details: { sessions: running.length } },
      );
    }
  }

  /** @throws CapacityError `overloaded`, as `require` */
  admit(cost: number): LivePlace {
    this.require(cost);
    const running: Running = { cost, isBehind: false };
    this.#running.add(running);
    return {
      hear: (event) => {
        if (event.type === 'status') running.isBehind = event.shed?.length === SHED_STEPS.length;
      },
      leave: () => void this.#running.delete(running),
    };
  }
}

function shown(cores: number): string {
  return cores.toFixed(2);
}
