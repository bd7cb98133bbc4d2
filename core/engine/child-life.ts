import { type ChildProcess, fork } from 'node:child_process';
import { dirname } from 'node:path';
import { CapacityError, type SpeechError } from '../errors.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { workingFolder } from './working-folder.ts';

export type ChildLifeOptions = {
  /** The built `engine-process.js`. @default the one of this package */
  readonly enginePath: string;
  /** All that the child sees of the environment; keep secrets out of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** The life of one process: from its start to its end, of itself or by our hand. */
export class ChildLife {
  /** Why it ended, once it has. */
  readonly ended: Promise<SpeechError>;
  readonly #process: ChildProcess;
  #killReason: SpeechError | undefined;

  constructor({ enginePath, environment }: ChildLifeOptions, onMessage: (message: FromEngine) => void) {
    this.#process = fork(enginePath, [], {
      serialization: 'advanced',
      // What the child prints is the diagnosis of a crash; results come as messages.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: environment,
      cwd: workingFolder(dirname(enginePath)),
      execArgv: [],
    });
    this.#process.on('message', (message) => onMessage(message as FromEngine));
    this.ended = new Promise((resolve) => {
      this.#process.once('exit', (code, signal) => resolve(this.#killReason ?? crashed(code, signal)));
      this.#process.once('error', (cause) => resolve(this.#killReason ?? notStarted(cause)));
    });
  }

  get processId(): number | undefined {
    return this.#process.pid;
  }

  send(message: ToEngine): void {
    // Sending to a child that is ending fails; its end settles everything.
    if (this.#process.connected) this.#process.send(message, () => undefined);
  }

  /** Asks the child to end by itself, and kills it when that takes too long. Resolves once it has ended. */
  async close(reason: SpeechError, graceMs: number): Promise<void> {
    this.#killReason ??= reason;
    this.send({ kind: 'close' });
    const timer = setTimeout(() => this.kill(reason), graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends the child at once; `ended` gives the first reason that it was killed or closed for. */
  kill(reason: SpeechError): void {
    this.#killReason ??= reason;
    this.#process.kill('SIGKILL');
  }
}

function crashed(exitCode: number | null, signal: NodeJS.Signals | null): CapacityError {
  const how = signal ?? `exit code ${String(exitCode)}`;
  const advice =
    signal === 'SIGKILL' ? 'most likely the machine is short of memory; use fewer threads' : 'try again';
  return new CapacityError('engine_crashed', `The engine process ended unexpectedly (${how}): ${advice}.`, {
    details: { exitCode, signal },
  });
}

function notStarted(cause: Error): CapacityError {
  const message = 'The engine process could not be started. Is the build complete (npm run build)?';
  return new CapacityError('engine_crashed', message, { cause });
}
