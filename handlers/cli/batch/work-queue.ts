/** `colloquy batch work`: one of the machines of a queue. */
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { DependencyError, ModelError } from '../../../core/errors.ts';
import type { BatchPlan } from '../../batch/batch-plan.ts';
import type { BatchExecutor } from '../../batch/execute/batch-executor.ts';
import { LocalExecutor } from '../../batch/execute/local-executor.ts';
import { openQueueStore } from '../../batch/queue/open-queue-store.ts';
import { QueueBatches } from '../../batch/queue/queue-batches.ts';
import { type OnWorked, workQueue } from '../../batch/queue/queue-worker.ts';
import { DEFAULT_STALL_SECONDS } from '../../batch/run/attempt-item.ts';
import type { BatchStore } from '../../batch/store/batch-store.ts';
import { openStore } from '../../setup/composition.ts';
import type { CliContext } from '../context.ts';
import { addEngineOptions, type EngineCliOptions, startEngineFor } from '../options/engine-options.ts';
import { seconds, wholeNumber } from '../options/option-parsers.ts';
import { createMessenger, type Messenger } from '../output/progress.ts';
import { addStoreOptions, type BatchCliOptions } from './batch-options.ts';
import { modelsOf } from './batch-models.ts';
import { jobOf, placesOf } from './open-batch.ts';
import { queueOption, queueUrlOf } from './queue-options.ts';

export type WorkCliOptions = EngineCliOptions &
  Pick<BatchCliOptions, 'queue' | 's3Endpoint' | 's3Region' | 'json' | 'exact'> & {
    readonly concurrency: number;
    readonly stall: number;
  };

export function addWorkOptions(command: Command): Command {
  command
    .addOption(queueOption('Valkey or Redis that holds the queue (or COLLOQUY_QUEUE)'))
    .addOption(
      new Option('--concurrency <n>', 'recordings at a time')
        .argParser(wholeNumber('--concurrency', 1, 64))
        .default(1),
    )
    .addOption(
      new Option('--stall <seconds>', 'end an attempt that tells nothing for so long')
        .argParser(seconds('--stall'))
        .default(DEFAULT_STALL_SECONDS),
    )
    .option('--exact', 'for batches that were started with --exact')
    .option('--json', 'results and messages as JSON lines, for programs');
  return addEngineOptions(addStoreOptions(command));
}

/** Works until it is stopped. */
export async function workOnQueue(options: WorkCliOptions, context: CliContext): Promise<void> {
  const messenger = createMessenger(options.json ? 'json' : options.progress, context.stderr);
  const url = queueUrlOf(options.queue, context);
  const store = await openQueueStore(url, { onNote: (message) => messenger.note(message) });
  try {
    const engine = await startEngineFor(options, context, { concurrentTasks: options.concurrency });
    try {
      const places = placesOf(options, context);
      const batches = new QueueBatches({
        storeNamed: async (name, use) => {
          const text = placeOfStore(name);
          const opened = await (use === 'target'
            ? places.openTarget(text, context.signal)
            : places.open(text));
          return sameStore(opened.store, name);
        },
        executorFor: (plan) => executorFor(plan, messenger, context, engine, options.concurrency),
      });
      messenger.note(`Working on the queue, ${options.concurrency} at a time. Stop with Ctrl+C.`);
      await workQueue({
        store,
        batches,
        concurrency: options.concurrency,
        stallSeconds: options.stall,
        signal: context.signal,
        onWorked: reporter(options.json ?? false, messenger, context),
      });
    } finally {
      await engine.close();
    }
  } finally {
    messenger.clear();
    store.close();
  }
}

/** @throws ModelError where this machine has other weights than those the results are to be made with */
async function executorFor(
  plan: BatchPlan,
  messenger: Messenger,
  context: CliContext,
  engine: Awaited<ReturnType<typeof startEngineFor>>,
  concurrency: number,
): Promise<BatchExecutor> {
  const own = new Map((await modelsOf(plan, messenger, context)).map(({ id, sha256 }) => [id, sha256]));
  const other = plan.models.find(({ id, sha256 }) => own.get(id) !== sha256);
  if (other !== undefined) {
    throw new ModelError(
      'model_checksum_mismatch',
      `The batch is made with ${other.id} of another checksum than this worker has. Give all machines the same models.`,
    );
  }
  return new LocalExecutor({
    services: { engine, models: openStore(context.config) },
    audioLimits: context.config.audioLimits,
    job: jobOf(plan),
    concurrency,
    close: () => Promise.resolve(),
  });
}

/** A store's name as a place: `file:///folder`, `s3://bucket` or `s3://endpoint/bucket`. */
function placeOfStore(name: string): string {
  return name.startsWith('file:') ? fileURLToPath(name) : `s3://${name.slice(name.lastIndexOf('/') + 1)}`;
}

/** The endpoint of a bucket is a worker's own setting: it has to be the one that the batch was planned with. */
function sameStore(store: BatchStore, name: string): BatchStore {
  if (store.name === name && store.hasAtomicCreate) return store;
  throw new DependencyError(
    'configuration_invalid',
    store.name === name
      ? 'The store does not keep two writers apart, so workers of a queue cannot write there. Run the batch without --queue.'
      : `The batch is at ${name}, and this worker reaches ${store.name}. Set --s3-endpoint or AWS_ENDPOINT_URL_S3.`,
  );
}

function reporter(isJson: boolean, messenger: Messenger, { stdout }: CliContext): OnWorked {
  return (name, worked) => {
    const failure = 'failure' in worked ? worked.failure : undefined;
    if (isJson) {
      const told = failure && { code: failure.code, message: failure.message };
      stdout.write(`${JSON.stringify({ schemaVersion: 1, type: worked.ended, name, ...told })}\n`);
    } else if (failure === undefined) messenger.note(`${name}: ${worked.ended}`);
    else
      messenger.note(`${name}: ${failure.message}${worked.ended === 'again' ? ' It is tried again.' : ''}`);
  };
}
