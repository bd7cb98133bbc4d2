import { Worker } from 'node:worker_threads';
import { CapacityError, DependencyError, InvariantError, type SpeechError } from '../../errors.ts';
import { deserializeError } from '../../serialized-error.ts';
import type { LaneCall, LaneReply, LaneResults } from './lane-messages.ts';

type Waiting = {
  readonly resolve: (value: LaneResults[keyof LaneResults]) => void;
  readonly reject: (error: Error) => void;
};

/** What Node says where the machine has no thread or no memory left. */
const NO_ROOM = new Set(['ERR_WORKER_INIT_FAILED', 'ERR_WORKER_OUT_OF_MEMORY', 'EAGAIN', 'ENOMEM']);

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
  #startFailure: SpeechError | undefined;
  /** Called whenever its load has fallen: somebody who waits for a lane may have it now. */
  onEased: () => void = () => undefined;

  /** @param lanePath the built `lane.js` */
  constructor(lanePath: string, name: string) {
    this.#worker = new Worker(lanePath, { name, execArgv: [] });
    this.#worker.on('message', (reply: LaneReply) => this.#settle(reply));
    this.#worker.on('error', (error) => this.#break(error));
    this.#worker.on('messageerror', (error) => this.#break(error));
    this.#worker.on('exit', () => this.#endedEarly());
  }

  /** Calls sent and not answered, and what else keeps it busy: what the pool balances. */
  get load(): number {
    return this.#waiting.size + this.#otherWork;
  }

  /** Counts a promise as work of this lane until it settles. */
  busyWith<T>(work: Promise<T>): Promise<T> {
    this.#otherWork++;
    return work.finally(() => {
      this.#otherWork--;
      this.onEased();
    });
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
    this.#startFailure = startFailure(error);
    for (const { reject } of this.#waiting.values()) reject(this.#startFailure);
    this.#waiting.clear();
  }

  /** A thread that ends by itself never answers what it was asked: nobody may wait for it. */
  #endedEarly(): void {
    if (this.#waiting.size === 0 || this.#startFailure !== undefined) return;
    this.#break(new InvariantError('An inference thread ended before it had answered.'));
  }

  #settle(reply: LaneReply): void {
    this.#hasAnswered = true;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(deserializeError(reply.error));
    else waiting?.resolve(reply.value);
    this.onEased();
  }
}

/** A missing program and a full machine are different things to mend; both carry the code of what Node said. */
function startFailure(cause: Error): SpeechError {
  const code = 'code' in cause ? String(cause.code) : cause.name;
  if (NO_ROOM.has(code)) {
    const message = `There is no room for an inference thread (${code}). Run fewer jobs at once, or raise the limits on threads and memory, and try again.`;
    return new CapacityError('overloaded', message, { cause });
  }
  const message = `An inference thread could not be started (${code}): its program, lane.js, cannot be run. Is the build complete (npm run build), and does lanePath name it?`;
  return new DependencyError('dependency_missing', message, { cause });
}
