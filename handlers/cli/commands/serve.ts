import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DependencyError } from '../../../core/errors.ts';
import { openStore } from '../../setup/composition.ts';
import { accessLine } from '../../server/operation/access-log.ts';
import { readTlsFiles } from '../../server/http/tls-files.ts';
import { LEGACY_SYSTEMS, type LegacySystem } from '../../server/legacy/index.ts';
import { startServer } from '../../server/serve.ts';
import {
  createAudioFetcher,
  DEFAULT_FETCH_POLICY,
  PRIVATE_FETCH_POLICY,
} from '../../work/fetch-audio/index.ts';
import { createWebhookSender } from '../../work/webhook/webhook-sender.ts';
import { jobLine } from '../../server/operation/job-log.ts';
import { openVoiceFolder } from '../../work/speakers/voice-folder.ts';
import { parseS3ResultOptions } from '../../work/s3/s3-result-options.ts';
import type { CliContext } from '../context.ts';
import { addEngineOptions, startEngineFor, type EngineCliOptions } from '../options/engine-options.ts';
import { withVariables } from '../options/serve-variables.ts';
import { wholeNumber } from '../options/option-parsers.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

type ServeCliOptions = EngineCliOptions & {
  readonly host: string;
  readonly port: number;
  readonly data?: string;
  readonly keep: number;
  readonly keys?: string;
  readonly voices?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly corsOrigin: readonly string[];
  readonly diartPort?: number;
  readonly concurrency: number;
  readonly maxQueue: number;
  readonly preload: string;
  readonly page: boolean;
  readonly legacy: ReadonlySet<LegacySystem>;
  readonly allowPrivateUrls?: true;
  readonly quiet?: true;
};

const EXAMPLES = `Examples:
  colloquy serve
  colloquy serve --data /var/lib/colloquy --keep 7d
  colloquy serve key laptop >> keys.txt
  colloquy serve --host 0.0.0.0 --keys keys.txt
`;

/** `colloquy serve`: everything over HTTP, until it is stopped. */
export function serveCommand(context: CliContext): Command {
  const command = new Command('serve')
    .description('Serve everything over HTTP')
    .addHelpText('before', EXAMPLES)
    .option('--host <address>', 'address to listen on; others than this machine need --keys', '127.0.0.1')
    .option(
      '--port <number>',
      'port to listen on; 0 takes a free one',
      wholeNumber('--port', 0, 65_535),
      8000,
    )
    .option('--data <folder>', 'keep jobs and recordings there, over restarts')
    .option('--keep <time>', 'how long ended jobs are kept: 24h, 7d, 0 or forever', keepTime, 86_400)
    .option('--keys <file>', 'who may use the server: lines of ID SHA256 [SCOPES]')
    .option('--voices <folder>', 'folder of voices (default: voices in the folder of --data)')
    .option('--tls-cert <file>', 'certificate as PEM: serve https and wss; with --tls-key')
    .option('--tls-key <file>', 'key of the certificate')
    .option('--cors-origin <url>', 'pages of this origin may use the server; may be repeated', repeated, [])
    .option(
      '--diart-port <number>',
      "serve clients of diart on this port too, for this machine alone; diart's own is 7007",
      wholeNumber('--diart-port', 0, 65_535),
    )
    .option('--concurrency <n>', 'jobs at a time', wholeNumber('--concurrency', 1, 64), 1)
    .option('--max-queue <n>', 'jobs that may wait', wholeNumber('--max-queue', 1, 100_000), 100)
    .option(
      '--preload <names>',
      'presets and recognisers to load before it is ready, with commas',
      'moonshine-tiny',
    )
    .addOption(
      new Option(
        '--legacy <systems>',
        `older systems whose routes are at the root, beside those under their prefix: all, none, or some of ${LEGACY_SYSTEMS.join(', ')}`,
      )
        .argParser(legacySystems)
        .default(new Set(LEGACY_SYSTEMS), 'all'),
    )
    .option('--allow-private-urls', 'jobs may name recordings and webhooks of private networks, and http')
    .option('--no-page', 'no page at /')
    .option('--quiet', 'no line for each request');
  addEngineOptions(command).action(() => {
    withVariables(command, context.config.environment);
    return serve(command.opts<ServeCliOptions>(), context);
  });
  return command.addCommand(
    new Command('key')
      .description('Make a key: printed once on stderr; the line for the file of keys on stdout')
      .argument('<name>', 'whose key it is')
      .action((name: string) => {
        if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name))
          throw new InvalidArgumentError('expected 1 to 64 of A-Z a-z 0-9 _ . -');
        const key = `ck_${randomBytes(24).toString('base64url')}`;
        context.stderr.write(`${key}\n`);
        context.stdout.write(`${name} ${createHash('sha256').update(key).digest('hex')}\n`);
      }),
  );
}

async function serve(options: ServeCliOptions, context: CliContext): Promise<void> {
  const { config } = context;
  const files = parseS3ResultOptions(config.environment);
  const policy = options.allowPrivateUrls === true ? PRIVATE_FETCH_POLICY : DEFAULT_FETCH_POLICY;
  const secrets = (config.environment.COLLOQUY_WEBHOOK_SECRET ?? '').split(',').map((each) => each.trim());
  const log = (line: string): void => {
    if (options.quiet !== true) context.stderr.write(line);
  };
  const tls = await readTlsFiles(options.tlsCert, options.tlsKey);
  const server = await startServer(
    async () => {
      // One place beside the jobs, so that an upload is looked at and drawn while they run.
      const engine = await startEngineFor(options, context, { concurrentTasks: options.concurrency + 1 });
      const fetcher = createAudioFetcher({ policy, ...(files === undefined ? {} : { s3: files.store }) });
      const services = { engine, models: openStore(config), fetcher, audioLimits: config.audioLimits, files };
      const close = async (): Promise<void> => {
        await Promise.all([engine.close(), fetcher.close()]);
      };
      return { services, close };
    },
    {
      host: options.host,
      tls,
      port: options.port,
      dataFolder: options.data,
      keepSeconds: options.keep,
      keysFile: options.keys,
      key: config.environment.COLLOQUY_SERVE_KEY,
      openVoices: (folder) => openVoiceFolder(options.voices ?? join(folder, 'voices'), config.environment),
      corsOrigins: options.corsOrigin,
      diartPort: options.diartPort,
      concurrency: options.concurrency,
      maxQueue: options.maxQueue,
      hasPage: options.page,
      legacy: options.legacy,
      preload: options.preload.split(',').filter(Boolean),
      webhooks: createWebhookSender(secrets.filter(Boolean), policy),
      onAnswer: (facts) => log(accessLine(facts)),
      onJobEnded: (facts) => log(jobLine(facts)),
    },
  ).catch((error: unknown) => {
    const code = systemErrorCode(error);
    if (code !== 'EADDRINUSE' && code !== 'EACCES' && code !== 'EADDRNOTAVAIL') throw error;
    throw new DependencyError(
      'configuration_invalid',
      `Cannot listen on ${options.host}:${options.port} (${code}). Choose another --port.`,
    );
  });
  context.stdout.write(`${server.url}\n`);
  if (server.diartPort !== undefined) context.stdout.write(`ws://127.0.0.1:${server.diartPort}\n`);
  await new Promise<void>((resolve) => {
    if (context.signal.aborted) resolve();
    context.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close();
}

function keepTime(text: string): number {
  if (text === 'forever') return Infinity;
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('expected a time as 30m, 24h or 7d, 0 or forever');
  const unit = { s: 1, m: 60, h: 3_600, d: 86_400, '': 1 }[match[2]!]!;
  return Number(match[1]) * unit;
}

function legacySystems(text: string): ReadonlySet<LegacySystem> {
  if (text === 'all') return new Set(LEGACY_SYSTEMS);
  const names = text === 'none' ? [] : text.split(',').map((name) => name.trim());
  const systems = LEGACY_SYSTEMS.filter((system) => names.includes(system));
  if (systems.length === names.length) return new Set(systems);
  throw new InvalidArgumentError(`expected all, none, or some of ${LEGACY_SYSTEMS.join(', ')} with commas`);
}

function repeated(value: string, values: readonly string[]): readonly string[] {
  if (!URL.canParse(value) || new URL(value).origin !== value)
    throw new InvalidArgumentError('expected an origin as https://example.org');
  return [...values, value];
}
