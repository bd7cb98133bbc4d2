import { type ChildProcess, fork } from 'node:child_process';
import { dirname } from 'node:path';
import { builtFile } from '../inference/built-file.ts';
import { CapacityError, type SpeechError } from '../errors.ts';
import type { FromEngine, ToEngine } from './messages.ts';
import { workingFolder } from './working-folder.ts';

export type ChildLifeOptions = {
  /** The built `engine-process.js`. @default the one of this package */
  readonly enginePath: string;
  /** All that the child sees of the environment; keep secrets out of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A process of `forkEngine` that waits; the first child is this one, as long as it lives. @default none */
  readonly forked?: ChildProcess | undefined;
};

/** Starts the process of an engine ahead, while it is still to be found out what it shall do. */
export function forkEngine({
  environment,
  enginePath = builtFile('engine-process.js'),
}: Pick<ChildLifeOptions, 'environment'> & Partial<ChildLifeOptions>): ChildProcess {
  const forked = fork(enginePath, [], {
    serialization: 'advanced',
    // What the child prints is the diagnosis of a crash; results come as messages.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: environment,
    cwd: workingFolder(dirname(enginePath)),
    execArgv: [],
  });
  // Met by whoever waits for its end; an event of errors that nobody hears ends this process.
  forked.on('error', () => undefined);
  return forked;
}

/** The life of one process: from its start to its end, of itself or by our hand. */
export class ChildLife {
  /** Why it ended, once it has. */
  readonly ended: Promise<SpeechError>;
  readonly #process: ChildProcess;
  #killReason: SpeechError | undefined;

  constructor(
    { enginePath, environment, forked }: ChildLifeOptions,
    onMessage: (message: FromEngine) => void,
  ) {
    this.#process = forked?.connected === true ? forked : forkEngine({ enginePath, environment });
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
