import type { ChildProcess } from 'node:child_process';
import type { Engine, EngineOptions } from '../../core/engine/engine.ts';
import type { Config } from '../setup/config.ts';
import type { MessageStream } from './output/progress.ts';

/** What a command touches of the outside. */
export type CliContext = {
  /** What the command was called with, for commands that start themselves once more. */
  readonly args: readonly string[];
  readonly config: Config;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: MessageStream;
  /** Aborted when the user or the system asks the command to stop. */
  readonly signal: AbortSignal;
  /** Sets the exit code of a command that has a result all the same, such as some of several files failed. */
  readonly setExitCode: (code: number) => void;
  /** Of an engine, started while the command was being loaded. @default none */
  readonly forkedEngine?: ChildProcess | undefined;
  /** Whoever runs several commands in one process lends them an engine. @default a child of this command's own */
  readonly startEngine?: ((config: Config, options: Partial<EngineOptions>) => Promise<Engine>) | undefined;
};

/** Where results go: standard output, or what stands for it. */
export type ResultStream = { write(content: string | Uint8Array, done: () => void): unknown };

/** What a command that runs no models touches. */
export type PlainContext = Pick<CliContext, 'config' | 'stderr' | 'setExitCode'> & {
  readonly stdout: ResultStream;
};

/** The part of the surroundings that decides how text for people looks. */
type TextSurroundings = {
  readonly config: Pick<Config, 'environment'>;
  readonly stdout: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>;
};

/** Whether text for people is coloured: FORCE_COLOR and NO_COLOR decide, else whether it goes to a terminal. */
export function usesColour({ config, stdout }: TextSurroundings): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: terminal } = config.environment;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return stdout.isTTY && terminal !== 'dumb';
}

/** Width for text for people. */
export function terminalColumns({ config, stdout }: TextSurroundings): number | undefined {
  const columns = stdout.isTTY ? stdout.columns : Number(config.environment.COLUMNS);
  // A terminal that does not know its size says 0.
  return Number.isInteger(columns) && columns > 0 ? columns : undefined;
}
