/** The options of `colloquy batch run`, and what they are in the words of batches. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defined } from '../../../core/defined.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { formatOf } from '../../../core/formats/index.ts';
import type { BatchPlan } from '../../batch/batch-plan.ts';
import type { BatchOptions } from '../../batch/run-batch.ts';
import type { CliContext } from '../context.ts';
import { addEngineOptions, type EngineCliOptions } from '../options/engine-options.ts';
import { presetOption } from '../options/preset-option.ts';
import { transcribeJobOptions } from '../options/job-options.ts';
import { speakerJobOptions } from '../options/speaker-options.ts';
import { seconds, wholeNumber } from '../options/option-parsers.ts';
import { addRecognitionOptions, type RecognitionCliOptions } from '../options/transcribe-options.ts';
import type { Messenger } from '../output/progress.ts';
import { modelsOf } from './batch-models.ts';
import { queueOption } from './queue-options.ts';

export type BatchCliOptions = EngineCliOptions &
  RecognitionCliOptions & {
    readonly to: string;
    readonly format: string;
    readonly job: 'transcribe' | 'diarize';
    readonly model?: string;
    readonly preset?: string;
    readonly jobs: number;
    readonly endpoint?: string;
    readonly baseUrl?: string;
    readonly workerStores?: true;
    readonly queue?: string | true;
    readonly attempts: number;
    readonly stall: number;
    readonly exact?: true;
    readonly shard?: { readonly index: number; readonly count: number };
    readonly s3Endpoint?: string;
    readonly s3Region?: string;
    readonly dryRun?: true;
    readonly pricePerHour?: number;
    readonly json?: true;
  };

/** Options of every subcommand that reads a target. */
export function addStoreOptions(command: Command): Command {
  return command
    .option('--s3-endpoint <url>', 'store that is not AWS (or AWS_ENDPOINT_URL_S3)')
    .option('--s3-region <name>', 'region of the buckets (or AWS_REGION)');
}

/** Options of `batch run`. */
export function addRunOptions(command: Command): Command {
  return addBatchOptions(command)
    .option('--dry-run', 'say what there is to do, and stop')
    .addOption(
      new Option('--price-per-hour <price>', 'what an hour of this machine costs, to estimate').argParser(
        price,
      ),
    );
}

/** Options of `batch run` and `batch watch`. */
export function addBatchOptions(command: Command): Command {
  command
    .requiredOption('--to <target>', 'a folder, s3://BUCKET/PREFIX, or beside: next to the recordings')
    .option('-f, --format <formats>', 'files to write, with commas between them', 'json')
    .addOption(
      new Option('--job <job>', 'what is to be done')
        .choices(['transcribe', 'diarize'])
        .default('transcribe'),
    )
    .option('-m, --model <name>', 'recogniser')
    .addOption(presetOption('what tells speakers apart'))
    .addOption(
      new Option('--jobs <n>', 'recordings at a time').argParser(wholeNumber('--jobs', 1, 64)).default(1),
    )
    .option('--endpoint <id>', 'let a RunPod endpoint do the work; --jobs is how many are in flight')
    .option('--base-url <url>', 'where the endpoint is, if not at RunPod')
    .option(
      '--worker-stores',
      'the endpoint writes results into the bucket of TARGET itself; its workers need the right to',
    )
    .addOption(queueOption('let the workers of a queue do the work (or COLLOQUY_QUEUE)'))
    .addOption(
      new Option('--attempts <n>', 'attempts before a recording is given up')
        .argParser(wholeNumber('--attempts', 1, 100))
        .default(5),
    )
    .addOption(
      new Option('--stall <seconds>', 'end an attempt that tells nothing for so long')
        .argParser(seconds('--stall'))
        .default(900),
    )
    .option('--exact', 'tell files apart by all their bytes, not by size and both ends')
    .addOption(
      new Option(
        '--shard <i/n>',
        'only this share of the recordings: one of several machines, without a queue',
      ).argParser(shardOf),
    )
    .option('--json', 'results and messages as JSON lines, for programs');
  return addEngineOptions(addRecognitionOptions(addStoreOptions(command)));
}

/**
 * What the batch is. Finds out which models it needs, since their checksums are part of what a result is.
 *
 * @throws InvalidInputError `invalid_option`; ModelError
 */
export async function batchPlanOf(
  source: string,
  options: BatchCliOptions,
  messenger: Messenger,
  context: CliContext,
): Promise<BatchPlan> {
  if (isRemote(options) && options.queue !== undefined) {
    throw new InvalidInputError(
      'invalid_option',
      'Either a queue or an endpoint does the work: --queue or --endpoint.',
    );
  }
  if (options.workerStores && !isRemote(options)) {
    throw new InvalidInputError('invalid_option', '--worker-stores belongs to --endpoint or --base-url.');
  }
  const formats = options.format.split(',').map((name) => name.trim());
  for (const format of formats) formatOf(format);
  const { job: task, preset } = options;
  const isDiarized = options.diarize ?? true;
  const request =
    task === 'transcribe'
      ? transcribeJobOptions(options, isDiarized)
      : { preset, audioTrack: options.audioTrack, ...speakerJobOptions(options) };
  const models = isRemote(options)
    ? [{ id: modelOfEndpoint(options), sha256: 'unknown' }]
    : await modelsOf({ task, options: request }, messenger, context);
  return {
    schemaVersion: 1,
    source,
    task,
    options: Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)),
    formats,
    models,
    createdAt: new Date().toISOString(),
  };
}

/** How the items of a run or a watch are worked on. */
export function runSettings(
  { shard, attempts, stall }: BatchCliOptions,
  messenger: Messenger,
  { signal }: CliContext,
): Pick<BatchOptions, 'shard' | 'attempts' | 'stallSeconds' | 'signal' | 'onProblem'> {
  return {
    ...defined({ shard }),
    attempts,
    stallSeconds: stall,
    signal,
    onProblem: ({ where, message }) => messenger.note(`${where} ${message}`),
  };
}

/** Whether an endpoint does the work. */
export function isRemote({ endpoint, baseUrl }: Pick<BatchCliOptions, 'endpoint' | 'baseUrl'>): boolean {
  return endpoint !== undefined || baseUrl !== undefined;
}

/** An endpoint does not tell which weights it has: results of another endpoint are other results. */
function modelOfEndpoint({ endpoint, baseUrl }: BatchCliOptions): string {
  return `endpoint:${endpoint ?? new URL(baseUrl!).host}`;
}

function shardOf(text: string): { readonly index: number; readonly count: number } {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || count < 1 || index >= count) {
    throw new InvalidArgumentError('expected INDEX/COUNT with an index from 0, as 0/4');
  }
  return { index, count };
}

function price(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidInputError(
      'invalid_option',
      `--price-per-hour expects a price of 0 or more, got ${text}.`,
    );
  }
  return value;
}
