/**
 * Computations that run a network many times and look at every result: in the thread of the network, so that nothing
 * crosses threads in between.
 */
import type { Session } from '../session.ts';

/** A computation over one session. Input and output are plain data. */
export type LaneWork<Input, Output> = {
  /** By which lanes know it, see `core/engine/child/lane.ts`. */
  readonly name: string;
  /** @param signal known only where the session is in this thread; a lane finishes what it has begun */
  readonly run: (session: Session, input: Input, signal?: AbortSignal) => Promise<Output>;
};

/** Runs work where the session is: in a lane of its own thread, or here. */
export function runBeside<Input, Output>(
  session: Session,
  work: LaneWork<Input, Output>,
  input: Input,
  signal?: AbortSignal,
): Promise<Output> {
  const elsewhere = session.work?.(work.name, input);
  return elsewhere === undefined ? work.run(session, input, signal) : (elsewhere as Promise<Output>);
}
