import { Worker } from 'node:worker_threads';
import { DependencyError, InvariantError } from '../../errors.ts';
import { deserializeError } from '../../serialized-error.ts';
import type { LaneCall, LaneReply, LaneResults } from './lane-messages.ts';

type Waiting = {
  readonly resolve: (value: LaneResults[keyof LaneResults]) => void;
  readonly reject: (error: Error) => void;
};

/**
 * The pool's end of a lane: a worker thread and the calls that it has not answered yet.
 *
 * A thread that cannot be started refuses its calls. One that breaks later takes the process with it: its sessions are
 * lost, and the engine's parent starts a fresh process.
 */
export class LaneThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #otherWork = 0;
  #hasAnswered = false;
  #closed = false;
  #startFailure: DependencyError | undefined;

  /** @param lanePath the built `lane.js` */
  constructor(lanePath: string, name: string) {
    this.#worker = new Worker(lanePath, { name, execArgv: [] });
    this.#worker.on('message', (reply: LaneReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#break(error));
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
    if (this.#startFailure !== undefined) return Promise.reject(this.#startFailure);
    if (this.#closed)
      return Promise.reject(new InvariantError('An inference thread was used after its end.'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage({ ...call, id });
    });
  }

  /** Lets the lane finish what it has and end; calling it again does nothing, nor does it where there was no start. */
  async close(): Promise<void> {
    if (this.#closed || this.#startFailure !== undefined) return;
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    const released = this.call({ kind: 'close' });
    this.#closed = true;
    await released.catch((error: unknown) => {
      if (error !== this.#startFailure) throw error;
    });
    await ended;
  }

  #break(error: Error): void {
    if (this.#hasAnswered) throw error;
    this.#startFailure = new DependencyError(
      'dependency_missing',
      'An inference thread could not be started: its program, lane.js, cannot be run. Is the build complete (npm run build), and does lanePath name it?',
      { cause: error },
    );
    for (const { reject } of this.#waiting.values()) reject(this.#startFailure);
    this.#waiting.clear();
  }

  #settle(reply: LaneReply): void {
    this.#hasAnswered = true;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(deserializeError(reply.error));
    else waiting?.resolve(reply.value);
  }
}
