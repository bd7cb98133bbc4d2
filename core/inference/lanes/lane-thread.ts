import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { InvariantError } from '../../errors.ts';
import { deserializeError } from '../../serialized-error.ts';
import type { LaneCall, LaneReply, LaneResults } from './lane-messages.ts';

type Waiting = {
  readonly resolve: (value: LaneResults[keyof LaneResults]) => void;
  readonly reject: (error: Error) => void;
};

/**
 * The pool's end of a lane: a worker thread and the calls that it has not answered yet.
 *
 * A thread that breaks takes the process with it (an `error` event that nobody listens to): its sessions are lost, and
 * the engine's parent starts a fresh process.
 */
export class LaneThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #otherWork = 0;
  #closed = false;

  /** @param lanePath the built `lane.js` */
  constructor(lanePath: string, name: string) {
    this.#worker = new Worker(lanePath, { name, execArgv: [] });
    this.#worker.on('message', (reply: LaneReply) => this.#settle(reply));
  }

  /** Calls sent and not answered, and what else keeps it busy: what the pool balances. */
  get load(): number {
    return this.#waiting.size + this.#otherWork;
  }

  /** Counts a promise as work of this lane until it settles. */
  busyWith<T>(work: Promise<T>): Promise<T> {
    this.#otherWork++;
    return work.finally(() => this.#otherWork--);
  }

  call<C extends LaneCall>(call: C): Promise<LaneResults[C['kind']]> {
    if (this.#closed)
      return Promise.reject(new InvariantError('An inference thread was used after its end.'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage({ ...call, id });
    });
  }

  /** Lets the lane finish what it has and end; calling it again does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const ended = once(this.#worker, 'exit');
    const released = this.call({ kind: 'close' });
    this.#closed = true;
    await released;
    await ended;
  }

  #settle(reply: LaneReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(deserializeError(reply.error));
    else waiting?.resolve(reply.value);
  }
}
