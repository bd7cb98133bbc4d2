import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CapacityError, deserializeError } from '../errors.ts';
import type { LaneCall, LaneReply, LaneResults } from './lane-messages.ts';

type Waiting = {
  readonly resolve: (value: LaneResults[keyof LaneResults]) => void;
  readonly reject: (error: Error) => void;
};

/** The pool's end of a lane: a worker thread and the calls that it has not answered yet. */
export class LaneThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #failure: Error | undefined;

  /** @param lanePath the built `lane.js` */
  constructor(lanePath: string, name: string) {
    this.#worker = new Worker(lanePath, { name, execArgv: [] });
    this.#worker.on('message', (reply: LaneReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(undefined));
  }

  /** Calls sent and not answered: what the pool balances. */
  get load(): number {
    return this.#waiting.size;
  }

  call<C extends LaneCall>(call: C): Promise<LaneResults[C['kind']]> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage({ ...call, id });
    });
  }

  /** Lets the lane finish what it has and end. */
  async close(): Promise<void> {
    if (this.#failure) return;
    const ended = once(this.#worker, 'exit');
    await this.call({ kind: 'close' });
    await ended;
  }

  #settle(reply: LaneReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(deserializeError(reply.error));
    else waiting?.resolve(reply.value);
  }

  #fail(cause: unknown): void {
    this.#failure ??= new CapacityError(
      'engine_crashed',
      'An inference thread ended unexpectedly. Try again.',
      {
        cause,
      },
    );
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
  }
}
