import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { steadyNow } from '../../../core/net/steady-now.ts';
import type { PlatformLog } from '../platform-log.ts';

/** How a worker process is started; the platform adds the variables that it has for its workers. */
export type WorkerCommand = {
  readonly program: string;
  readonly args: readonly string[];
  /** What the process inherits; it gets nothing else but the platform's variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

export type WorkerFleetOptions = {
  readonly command: WorkerCommand;
  readonly count: number;
  /** The variables of one worker. */
  readonly environment: (workerId: string) => Readonly<Record<string, string>>;
  readonly log: PlatformLog;
  /** What workers print, line by line. */
  readonly onOutput: (workerId: string, line: string) => void;
  /** The process is gone: its jobs go to others. */
  readonly onLost: (workerId: string) => void;
  /** How long workers get to end before they are killed. */
  readonly stopMs: number;
};

/** A worker that ends within this time is not restarted at once. */
const CRASH_MS = 5_000;
const MAX_PAUSE_MS = 30_000;

/** A worker that never ends its line is not collected for ever. */
const MAX_LINE_CHARACTERS = 65_536;

type Slot = { child: ChildProcess; workerId: string; startedMs: number; crashes: number };

/** The worker processes: started, replaced when they end, stopped in the end. */
export class WorkerFleet {
  readonly #options: WorkerFleetOptions;
  readonly #slots = new Map<number, Slot>();
  readonly #run = randomBytes(3).toString('hex');
  readonly #pauses = new Set<NodeJS.Timeout>();
  #spawned = 0;
  #stopping = false;

  constructor(options: WorkerFleetOptions) {
    this.#options = options;
  }

  /** Ids and process ids of the workers that run now. */
  get workers(): readonly { readonly workerId: string; readonly pid: number }[] {
    return [...this.#slots.values()].flatMap(({ workerId, child }) =>
      child.pid === undefined ? [] : [{ workerId, pid: child.pid }],
    );
  }

  /** Places whose worker is between its end and its restart. */
  get missing(): number {
    return this.#options.count - this.#slots.size;
  }

  start(): void {
    for (let slot = 0; slot < this.#options.count; slot++) this.#spawn(slot, 0);
  }

  /** Ends one worker as the platform would; another takes its place. */
  replace(workerId: string): void {
    for (const slot of this.#slots.values()) if (slot.workerId === workerId) slot.child.kill('SIGTERM');
  }

  /** Kills all workers and what they have started, at once. */
  kill(): void {
    this.#stopping = true;
    this.#pauses.forEach(clearTimeout);
    for (const { child } of this.#slots.values()) killGroup(child);
  }

  /** Ends all workers: asks them first, and kills those that do not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#pauses.forEach(clearTimeout);
    const children = [...this.#slots.values()].map(({ child }) => child);
    const ended = Promise.all(
      children.map((child) => new Promise<void>((resolve) => child.once('exit', () => resolve()))),
    );
    for (const child of children) child.kill('SIGTERM');
    const timer = setTimeout(() => children.forEach(killGroup), this.#options.stopMs);
    await ended;
    clearTimeout(timer);
  }

  #spawn(slotIndex: number, crashes: number): void {
    if (this.#stopping) return;
    const { command, environment, log } = this.#options;
    this.#spawned += 1;
    const workerId = `local-${this.#run}-${this.#spawned}`;
    // The channel is how a worker hears that the platform is gone, however it went.
    const child = spawn(command.program, [...command.args], {
      env: { ...command.env, ...environment(workerId) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Ctrl-C is for the platform, which ends its workers in order: they must not hear of it twice.
      detached: true,
    });
    this.#slots.set(slotIndex, { child, workerId, startedMs: steadyNow(), crashes });
    this.#forwardOutput(child, workerId);
    child.on('error', (error: NodeJS.ErrnoException) => {
      log('error', `worker ${workerId} does not start: ${error.code ?? error.name}`);
      this.#ended(slotIndex, workerId, 'not started');
    });
    child.on('exit', (code, signal) => this.#ended(slotIndex, workerId, signal ?? `exit code ${code ?? 0}`));
  }

  #ended(slotIndex: number, workerId: string, how: string): void {
    const slot = this.#slots.get(slotIndex);
    if (slot?.workerId !== workerId) return;
    this.#slots.delete(slotIndex);
    this.#options.onLost(workerId);
    if (this.#stopping) return;
    const crashes = steadyNow() - slot.startedMs < CRASH_MS ? slot.crashes + 1 : 0;
    const pauseMs = crashes < 2 ? 0 : Math.min(MAX_PAUSE_MS, 500 * 2 ** crashes);
    this.#options.log('warn', `worker ${workerId} ended (${how}); another one starts in ${pauseMs} ms`);
    const timer = setTimeout(() => {
      this.#pauses.delete(timer);
      this.#spawn(slotIndex, crashes);
    }, pauseMs);
    this.#pauses.add(timer);
  }

  #forwardOutput(child: ChildProcess, workerId: string): void {
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = (lines.pop() ?? '').slice(-MAX_LINE_CHARACTERS);
        for (const line of lines) this.#options.onOutput(workerId, line);
      });
    }
  }
}

/** A worker leads a group of its own, so that its engine goes with it. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
