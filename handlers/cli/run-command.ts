/** The command `colloquy` from its arguments to its exit code, wherever it runs. */
import type { ChildProcess } from 'node:child_process';
import { CommanderError } from 'commander';
import { forkEngine } from '../../core/engine/child-life.ts';
import { InvalidInputError, type SpeechError } from '../../core/errors.ts';
import manifest from '../../package.json' with { type: 'json' };
import { debugText } from '../errors/debug-text.ts';
import { ERROR_MEANINGS, EXIT_CODES } from '../errors/error-mapping.ts';
import { toSpeechError } from '../errors/to-speech-error.ts';
import { type Config, type Environment, readConfig } from '../setup/config.ts';
import { createProgram, willRunModels } from './commands.ts';
import type { CliContext } from './context.ts';
import type { Interrupts } from './interrupts.ts';
import { createMessenger } from './output/progress.ts';
import { watchStandardOutput } from './output/standard-output.ts';

/** Where a command runs: in a process of its own, or inside a program that lends it streams and an engine. */
export type CommandSurroundings = Pick<CliContext, 'stdin' | 'stdout' | 'stderr' | 'startEngine'> & {
  readonly environment: Environment;
  readonly interrupts: Interrupts;
  /** Starts the engine's process while the command is being loaded: 0.1 s less from the shell to the result. */
  readonly forksEngine?: boolean;
};

/** Runs the command to its end; every failure is told on stderr and becomes an exit code. */
export async function runCommand(
  args: readonly string[],
  { environment, interrupts, forksEngine = false, ...streams }: CommandSurroundings,
): Promise<number> {
  const { stdout, stderr } = streams;
  const output = watchStandardOutput(stdout);
  const signal = AbortSignal.any([interrupts.signal, output.signal]);
  let exitCode: number = EXIT_CODES.ok;
  let failure: SpeechError | undefined;
  let config: Config | undefined;
  let forkedEngine: ChildProcess | undefined;
  try {
    config = readConfig(environment);
    if (forksEngine && willRunModels(args)) {
      forkedEngine = forkEngine({ environment: config.engineEnvironment });
    }
    const setExitCode = (code: number) => (exitCode = code);
    const context = { ...streams, args, config, signal, setExitCode, forkedEngine };
    await (await createProgram(args, manifest.version, context)).parseAsync(args, { from: 'user' });
  } catch (error) {
    failure = errorOf(error);
    if (config?.environment.COLLOQUY_DEBUG) stderr.write(`${debugText(error)}\n`);
  }
  // Ended already, but where the command did not come to start its engine.
  forkedEngine?.kill('SIGKILL');
  await output.flushed();
  if (output.isClosedByReader()) return EXIT_CODES.ok;
  failure = output.failure() ?? failure;
  if (failure === undefined) return exitCode;
  createMessenger(wantsJson(args) ? 'json' : 'none', stderr).error(undefined, failure);
  return interrupts.exitCode() ?? ERROR_MEANINGS[failure.code].exitCode;
}

/** The error to report; undefined where help or the version was asked for and shown. */
function errorOf(error: unknown): SpeechError | undefined {
  if (!(error instanceof CommanderError)) return toSpeechError(error);
  if (error.exitCode === 0) return undefined;
  const isHelp = error.code === 'commander.help';
  const message = isHelp ? 'A command is missing.' : sentence(error.message.replace(/^error: /, ''));
  return new InvalidInputError('invalid_option', `${message} See colloquy --help.`, { cause: error });
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}${/[.?)]$/.test(trimmed) ? '' : '.'}`;
}

/** Errors of the command line itself come before its options are known. */
function wantsJson(args: readonly string[]): boolean {
  return args.includes('--progress=json') || args[args.indexOf('--progress') + 1] === 'json';
}
