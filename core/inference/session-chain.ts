/**
 * Runs that build on each other: a decoder whose cache of keys and values goes from one step into the next.
 *
 * A chain remembers what it was fed and keeps outputs where they were made, so that neither crosses a thread twice.
 */
import type { ChainRun, RowChoice, Session, SessionChain, Tensor } from './session.ts';

export type { ChainRun, SessionChain };

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

  async run({
    feeds,
    fetches,
    keep,
    rows = [],
    session = this.#session,
  }: ChainRun): Promise<Record<string, Tensor>> {
    Object.assign(this.#held, feeds);
    const known = Object.entries(this.#held).filter(([name]) => session.inputNames.includes(name));
    const inputs = Object.fromEntries(known);
    for (const choice of rows) {
      for (const name of choice.inputs) inputs[name] = rowsOf(inputs[name]!, choice);
    }
    const outputs = await session.run(inputs, [...fetches, ...Object.keys(keep)]);
    for (const [output, input] of Object.entries(keep)) this.#held[input] = outputs[output]!;
    return Object.fromEntries(fetches.map((name) => [name, outputs[name]!]));
  }

  release(): void {
    this.#held = {};
  }
}

/** A view of some rows. */
function rowsOf({ data, dims }: Tensor, { first, end }: RowChoice): Tensor {
  const [count = 1, ...rest] = dims;
  const size = data.length / count;
  return { data: data.subarray(first * size, end * size), dims: [end - first, ...rest] };
}
