#!/usr/bin/env node
/** The command `colloquy`: arguments in, exit code out. */
import { CommanderError } from 'commander';
import { InvalidInputError, type SpeechError } from '../../core/errors.ts';
import manifest from '../../package.json' with { type: 'json' };
import { type Config, readConfig } from '../setup/config.ts';
import { debugText } from '../errors/debug-text.ts';
import { ERROR_MEANINGS, EXIT_CODES } from '../errors/error-mapping.ts';
import { toSpeechError } from '../errors/to-speech-error.ts';
import { createProgram } from './commands.ts';
import { watchInterrupts } from './interrupts.ts';
import { discardPendingFiles } from '../work/files/pending-file.ts';
import { createMessenger } from './output/progress.ts';
import { watchStandardOutput } from './output/standard-output.ts';

// Exits by itself: a stalled stdin, or a connection that is kept open, must not hold up who waits for the result.
process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const interrupts = watchInterrupts(discardPendingFiles);
  const output = watchStandardOutput(stdout);
  const signal = AbortSignal.any([interrupts.signal, output.signal]);
  let exitCode: number = EXIT_CODES.ok;
  let failure: SpeechError | undefined;
  let config: Config | undefined;
  try {
    config = readConfig();
    const setExitCode = (code: number) => (exitCode = code);
    const context = { config, stdin, stdout, stderr, signal, setExitCode };
    await (await createProgram(args, manifest.version, context)).parseAsync(args, { from: 'user' });
  } catch (error) {
    failure = errorOf(error);
    if (config?.environment.COLLOQUY_DEBUG) stderr.write(`${debugText(error)}\n`);
  }
  await output.flushed();
  if (output.isClosedByReader()) return EXIT_CODES.ok;
  failure = output.failure() ?? failure;
  if (failure === undefined) return exitCode || Number(process.exitCode ?? EXIT_CODES.ok);
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
