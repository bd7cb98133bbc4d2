import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DependencyError } from '../../../core/errors.ts';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { startPlatform, type PlatformOptions, type WorkerCommand } from '../../runpod-dev/index.ts';
import type { PlainContext } from '../context.ts';
import { writeToStdout } from '../output/output.ts';

type DevOptions = {
  readonly port: number;
  readonly host: string;
  readonly endpoint: string;
  readonly workers: number;
  readonly data?: string;
  readonly keepMegabytes?: number;
  readonly fsync: 'always' | 'interval';
  readonly apiKey?: string;
  readonly sizeLimits?: boolean;
  readonly rateLimits?: boolean;
  readonly privateWebhooks?: boolean;
  readonly quiet?: boolean;
};

/** `colloquy runpod-dev [options] [-- COMMAND…]`: RunPod's queue API on this machine, with real workers behind it. */
export function runpodDevCommand(context: Pick<PlainContext, 'config' | 'stdout' | 'stderr'>): Command {
  return new Command('runpod-dev')
    .description("run RunPod's queue API on this machine, with real workers")
    .argument('[command...]', 'how to start a worker, after --; Colloquy’s own unless given')
    .option('--port <number>', 'where to listen; 0 takes a free port', wholeNumber(0, 65_535), 8000)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--endpoint <id>', 'name of the endpoint in URLs', 'local')
    .option('--workers <number>', 'worker processes; 0 starts none', wholeNumber(0, 64), 1)
    .option('--data <folder>', 'keep jobs there, so that they survive the end of this process')
    .addOption(
      new Option('--fsync <rule>', 'flush every record (always), or once a second (interval)')
        .choices(['always', 'interval'])
        .default('interval'),
    )
    .option(
      '--keep-megabytes <number>',
      'inputs and results that are kept at most; the oldest results go first',
      wholeNumber(1, 1_000_000_000),
    )
    .option('--api-key <key>', 'key that callers and workers must send; needed on public addresses')
    .option('--size-limits', "refuse bodies over RunPod's limits")
    .option('--rate-limits', "refuse calls over RunPod's limits")
    .option('--private-webhooks', 'allow webhooks to this machine and to private networks')
    .option('--quiet', 'do not show what workers print')
    .action(async (command: string[], options: DevOptions) => {
      const platform = await startPlatform(platformOptions(command, options, context));
      await writeToStdout(context, `RunPod API: ${platform.url}\n`);
      await untilSignal();
      // Workers are in groups of their own and would outlive us: whoever is in a hurry means them too.
      onNextSignal(() => {
        platform.killWorkers();
        process.exit(EXIT_CODES.interrupted);
      });
      await platform.close();
    });
}

function platformOptions(
  command: readonly string[],
  options: DevOptions,
  { config, stderr }: Pick<PlainContext, 'config' | 'stderr'>,
): PlatformOptions {
  return {
    port: options.port,
    host: options.host,
    endpoint: options.endpoint,
    workers: options.workers,
    ...(options.workers === 0 ? {} : { workerCommand: workerCommand(command, config.environment) }),
    ...(options.data === undefined ? {} : { dataFolder: options.data }),
    ...(options.keepMegabytes === undefined ? {} : { limits: { maxKeptBytes: options.keepMegabytes * 1e6 } }),
    fsync: options.fsync,
    ...(options.apiKey === undefined ? {} : { apiKey: options.apiKey }),
    sizeLimits: options.sizeLimits ?? false,
    rateLimits: options.rateLimits ?? false,
    allowPrivateWebhooks: options.privateWebhooks ?? false,
    log: (level, message) => void stderr.write(`${level}: ${message}\n`),
    onWorkerOutput: (workerId, line) => {
      if (options.quiet !== true) stderr.write(`${workerId} | ${line}\n`);
    },
  };
}

function workerCommand([program, ...args]: readonly string[], env: WorkerCommand['env']): WorkerCommand {
  if (program !== undefined) return { program, args, env };
  const path = import.meta.url.endsWith('.ts') ? '../../../dist/runpod-worker.js' : './runpod-worker.js';
  const worker = fileURLToPath(new URL(path, import.meta.url));
  if (!existsSync(worker)) {
    throw new DependencyError(
      'dependency_missing',
      'The worker is not built. Run npm run build, or give a command after --.',
    );
  }
  return { program: process.execPath, args: [worker], env };
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

function untilSignal(): Promise<void> {
  return new Promise(onNextSignal);
}

/** Ahead of the command's own listeners, which end the process at a second signal. */
function onNextSignal(listener: () => void): void {
  let isFirst = true;
  const once = (): void => {
    if (isFirst) listener();
    isFirst = false;
  };
  process.prependOnceListener('SIGINT', once).prependOnceListener('SIGTERM', once);
}
