/**
 * Runs that build on each other: a decoder whose cache of keys and values goes from one step into the next.
 *
 * A chain remembers what it was fed and keeps outputs where they were made, so that neither crosses a thread twice.
 */
import type { Session, Tensor } from './session.ts';

export type ChainRun = {
  /** Inputs that are new or changed since the last run of the chain; all others are fed as they were. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Outputs to hand out. */
  readonly fetches: readonly string[];
  /** Outputs to keep, with the input that each becomes in the next run. */
  readonly keep: Readonly<Record<string, string>>;
};

/**
 * One sequence of runs. It may hold a whole lane until it is released, therefore: one run at a time, release it soon,
 * and wait for no run of any other kind while holding one.
 */
export type SessionChain = {
  /** @throws what `Session.run` throws */
  run(step: ChainRun): Promise<Record<string, Tensor>>;
  /** Forgets everything; calling it again does nothing. */
  release(): void;
};

/** A chain over any session: in a lane of its own where the session has lanes, else in this thread. */
export function openChain(session: Session): Promise<SessionChain> {
  return session.openChain?.() ?? Promise.resolve(new LocalChain(session));
}

/** A chain in the thread of its session: kept outputs are fed back as they are, without a copy. */
export class LocalChain implements SessionChain {
  readonly #session: Session;
  #held: Record<string, Tensor> = {};

  constructor(session: Session) {
    this.#session = session;
  }

  async run({ feeds, fetches, keep }: ChainRun): Promise<Record<string, Tensor>> {
    Object.assign(this.#held, feeds);
    const outputs = await this.#session.run(this.#held, [...fetches, ...Object.keys(keep)]);
    for (const [output, input] of Object.entries(keep)) this.#held[input] = outputs[output]!;
    return Object.fromEntries(fetches.map((name) => [name, outputs[name]!]));
  }

  release(): void {
    this.#held = {};
  }
}
