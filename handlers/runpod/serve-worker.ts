import { parseWorkerArguments, WORKER_HELP } from './arguments.ts';
import { parseLogLevel, parseWorkerEnvironment, type WorkerEnvironment } from './environment.ts';
import { handlerOfAnyInput } from './jobs/handler.ts';
import { createStandardLog, type WorkerLog } from './log.ts';
import { serveLocalApi } from './local/local-api.ts';
import { runTestInput } from './local/test-input.ts';
import { startWorker, type WorkerOptions } from './worker.ts';

/** A worker as a program: its options, and what the process gives it. */
export type ServeWorkerOptions<Input = unknown> = Omit<WorkerOptions<Input>, 'environment'> & {
  /** Variables, of which `RUNPOD_*` are read. @default those of the process */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Arguments behind the program's name. @default those of the process */
  readonly argv?: readonly string[];
  /** Where `test_input.json` lies. @default the working directory */
  readonly folder?: string;
};

/** Time that running jobs get after a second signal. */
const SECOND_SIGNAL_DRAIN_MS = 0;

/** Whoever sends a second signal waits no longer than this: what has not been posted by then is lost. */
const SECOND_SIGNAL_END_MS = 900;

/** A process that keeps throwing is beyond help. */
const MAX_STRAY_ERRORS = 20;

/**
 * Runs a worker as a program, in the mode that flags and environment ask for: the local API (`--rp_serve_api`), one
 * job (`--test_input`, or no platform in the environment), else the queue. SIGTERM and SIGINT end it as they should;
 * a second one hurries.
 *
 * @example
 * import { serveWorker } from 'colloquy/runpod';
 *
 * process.exitCode = await serveWorker<{ name: string }>({ handler: ({ input }) => `Hello, ${input.name}!` });
 * @returns the exit code of the program
 */
export async function serveWorker<Input = unknown>(options: ServeWorkerOptions<Input>): Promise<number> {
  // Whoever read our lines may be gone: that must not end the jobs, nor become an error that is logged again.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const { env = process.env, argv = process.argv.slice(2) } = options;
  const flags = parseWorkerArguments(argv);
  if (flags.help) {
    process.stdout.write(WORKER_HELP);
    return 0;
  }
  const parsed = parseWorkerEnvironment(env);
  const environment: WorkerEnvironment =
    flags.logLevel === undefined ? parsed : { ...parsed, logLevel: parseLogLevel(flags.logLevel) };
  const log = options.log ?? createStandardLog(environment);
  const local = {
    handler: handlerOfAnyInput(options),
    environment,
    describeError: options.describeError,
    log,
  };
  if (flags.serveApi) return serveUntilSignal({ ...local, host: flags.apiHost, port: flags.apiPort });
  if (flags.testInput !== undefined || environment.takeTemplate === undefined) {
    return runTestInput({ ...local, testInput: flags.testInput, folder: options.folder ?? process.cwd() });
  }
  return runQueueWorker({ ...options, environment, log });
}

async function runQueueWorker<Input>(options: WorkerOptions<Input> & { log: WorkerLog }): Promise<number> {
  const worker = startWorker(options);
  let signals = 0;
  const strayErrors: unknown[] = [];
  const onSignal = (): void => {
    signals += 1;
    if (signals === 1) worker.stop();
    else {
      worker.stop(SECOND_SIGNAL_DRAIN_MS);
      setTimeout(() => process.exit(1), SECOND_SIGNAL_END_MS).unref();
    }
  };
  // Whoever started us with a channel is gone. Whoever has sent a signal before means nothing more by it.
  const onDisconnect = (): void => {
    if (signals === 0) onSignal();
  };
  // A stray error of handler code must not take the other jobs with it: they end, then the process does.
  const onStray = (error: unknown): void => {
    if (strayErrors.length >= MAX_STRAY_ERRORS) process.exit(1);
    strayErrors.push(error);
    options.log(
      'ERROR',
      `Stray error outside of any job: ${error instanceof Error ? error.name : 'unknown'}.`,
    );
    worker.stop();
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal).on('disconnect', onDisconnect);
  process.on('uncaughtException', onStray).on('unhandledRejection', onStray);
  try {
    const code = await worker.finished;
    return strayErrors.length > 0 ? 1 : code;
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal).off('disconnect', onDisconnect);
    process.off('uncaughtException', onStray).off('unhandledRejection', onStray);
  }
}

async function serveUntilSignal(options: Parameters<typeof serveLocalApi>[0]): Promise<number> {
  const server = await serveLocalApi(options);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
  });
  await server.close();
  return 0;
}
