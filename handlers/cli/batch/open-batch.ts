/** From the arguments of the command to places, sources and an engine. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { InputUnavailableError, InvalidInputError } from '../../../core/errors.ts';
import { LocalExecutor } from '../../batch/execute/local-executor.ts';
import type { BatchExecutor } from '../../batch/execute/batch-executor.ts';
import { EndpointExecutor } from '../../batch/execute/endpoint-executor.ts';
import { Submissions } from '../../batch/execute/submissions.ts';
import { type BatchLayout, layoutOf, RESULTS_FOLDER } from '../../batch/ends/batch-layout.ts';
import { batchNameOf, type BatchPlan } from '../../batch/batch-plan.ts';
import type { BatchSource } from '../../batch/sources/batch-source.ts';
import { globMatcher, globRoot, isGlob } from '../../batch/sources/glob.ts';
import { ManifestSource } from '../../batch/sources/manifest-source.ts';
import { StoreSource } from '../../batch/sources/store-source.ts';
import { keyWithin, type OpenedPlace, Places } from '../../batch/store/open-place.ts';
import { openStore } from '../../setup/composition.ts';
import { createAudioFetcher } from '../../work/fetch-audio/index.ts';
import type { S3Store } from '../../work/s3/s3-store.ts';
import type { CliContext } from '../context.ts';
import { startEngineFor } from '../options/engine-options.ts';
import { EndWriter } from '../../batch/ends/end-writer.ts';
import { openQueueStore } from '../../batch/queue/open-queue-store.ts';
import { QueueExecutor } from '../../batch/queue/queue-executor.ts';
import type { Messenger } from '../output/progress.ts';
import { queueUrlOf } from './queue-options.ts';
import { fromRemote } from '../../errors/from-client-error.ts';
import { createClient } from '../remote/create-client.ts';
import { type BatchCliOptions, isRemote } from './batch-options.ts';

/** Source and target of a batch. */
export type BatchPlaces = {
  readonly source: BatchSource;
  readonly target: OpenedPlace;
  readonly files: 'results' | 'beside';
};

/** The S3 store that the options and the environment say. */
export function s3StoreOf(
  options: Pick<BatchCliOptions, 's3Endpoint' | 's3Region'>,
  { config: { environment } }: CliContext,
): S3Store {
  const endpoint = options.s3Endpoint ?? environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  const region = options.s3Region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  if (endpoint !== undefined && !(URL.canParse(endpoint) && /^https?:/.test(endpoint))) {
    throw new InvalidInputError('invalid_option', '--s3-endpoint expects an http or https URL.');
  }
  return {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
  };
}

/** Opens places with the rights of the options and the environment. */
export function placesOf(
  options: Pick<BatchCliOptions, 's3Endpoint' | 's3Region' | 'exact'>,
  context: CliContext,
): Places {
  const s3 = s3StoreOf(options, context);
  return new Places(s3, createAudioFetcher({ s3 }), { exact: options.exact ?? false });
}

/**
 * @throws InvalidInputError `invalid_option` where a batch would read what it writes; InputUnavailableError
 * `file_not_found`
 */
export async function openBatch(
  source: string,
  options: BatchCliOptions,
  context: CliContext,
): Promise<BatchPlaces> {
  const places = placesOf(options, context);
  const root = await rootOf(source);
  const isBeside = options.to === 'beside';
  if (isBeside && root === undefined) {
    throw new InvalidInputError(
      'invalid_option',
      '--to beside needs a folder or bucket as SOURCE, not a list.',
    );
  }
  const target = await places.openTarget(isBeside ? root! : options.to, context.signal);
  const files = isBeside ? 'beside' : 'results';
  if (root === undefined) return { source: manifestSource(source, places), target, files };
  if (!isBeside) refuseOwnOutput(root, options.to);
  const opened = await places.open(root);
  const inside = keyWithin(root, isBeside ? root : options.to);
  const excludedPrefix = isBeside || inside === undefined ? undefined : `${opened.prefix}${inside}`;
  const matches = isGlob(source) ? globMatcher(source.slice(root.length)) : undefined;
  return {
    source: new StoreSource(opened.store, {
      prefix: opened.prefix,
      excludedPrefix,
      matches: matches && ((key) => matches(key.slice(opened.prefix.length))),
    }),
    target,
    files,
  };
}

/**
 * A batch whose source can be watched.
 *
 * @throws InvalidInputError `invalid_option` for a list: it does not change by itself
 */
export async function openWatched(
  source: string,
  options: BatchCliOptions,
  context: CliContext,
): Promise<BatchPlaces & { readonly source: StoreSource; readonly root: string }> {
  const [root, places] = [await rootOf(source), await openBatch(source, options, context)];
  if (root !== undefined && places.source instanceof StoreSource) {
    return { ...places, source: places.source, root };
  }
  throw new InvalidInputError(
    'invalid_option',
    'Only a folder, a pattern or s3://BUCKET/PREFIX can be watched. Run a list with: colloquy batch run.',
  );
}

/** The folder or bucket that a source is or is in; `undefined` for a list of recordings. */
async function rootOf(source: string): Promise<string | undefined> {
  if (/\.(?:jsonl|ndjson|csv)$/i.test(source)) return undefined;
  if (isGlob(source)) return globRoot(source) || '.';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return source;
  const stats = await stat(source).catch(() => undefined);
  if (stats?.isDirectory() === true) return source;
  throw new InputUnavailableError(
    stats === undefined ? 'file_not_found' : 'file_not_readable',
    stats === undefined
      ? 'There is no such SOURCE. Expected a folder, a pattern in quotes, s3://BUCKET/PREFIX, or a list (.jsonl, .csv).'
      : 'SOURCE is one file. Name its folder, or a list (.jsonl, .csv); single recordings are for colloquy transcribe.',
  );
}

function refuseOwnOutput(source: string, target: string): void {
  const within = keyWithin(target, source);
  if (within === undefined) return;
  if (within === '') {
    throw new InvalidInputError(
      'invalid_option',
      'SOURCE and TARGET are the same place. Name another target, or --to beside to write next to the recordings.',
    );
  }
  throw new InvalidInputError(
    'invalid_option',
    `SOURCE lies inside TARGET, where results are written (${RESULTS_FOLDER}). Name a target outside of it.`,
  );
}

/** Addresses of a list: `s3://bucket/key`, or files below the list's own folder and elsewhere. */
function manifestSource(path: string, places: Places): ManifestSource {
  const folder = dirname(resolve(path));
  return new ManifestSource(path, async (uri) => {
    const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri);
    if (match !== null) return { store: (await places.open(`s3://${match[1]}`)).store, key: match[2]! };
    if (/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) {
      throw new InvalidInputError(
        'invalid_option',
        'names an address that is neither a file nor s3://BUCKET/KEY',
      );
    }
    const file = resolve(folder, uri);
    const within = keyWithin(folder, file)?.replace(/\/$/, '');
    const root = within === undefined ? dirname(file) : folder;
    const { store } = await places.open(root);
    return { store, key: within ?? file.slice(root.length + 1) };
  });
}

/** Who does the work: the engine of this process, the workers of a queue, or an endpoint. */
export async function executorOf(
  plan: BatchPlan,
  { target, files }: Pick<BatchPlaces, 'target' | 'files'>,
  options: BatchCliOptions,
  context: CliContext,
  messenger: Messenger,
): Promise<BatchExecutor> {
  if (options.queue !== undefined) return queueExecutor(plan, { target, files }, options, context, messenger);
  if (!isRemote(options)) return localExecutor(plan, options, context);
  const layout = layoutOf(target.prefix, batchNameOf(plan));
  return new EndpointExecutor({
    client: fromRemote(() => createClient(options, context)),
    submissions: new Submissions(target.store, layout),
    job: jobOf(plan),
    ends: options.workerStores ? endsOfWorkers(target, layout) : undefined,
    concurrency: options.jobs,
  });
}

/** @throws InvalidInputError `invalid_option` where workers elsewhere cannot write, or not safely */
function endsOfWorkers({ store }: OpenedPlace, { result }: BatchLayout) {
  if (store.bucket !== undefined && store.hasAtomicCreate) return { place: store.bucket, keyOf: result };
  throw new InvalidInputError(
    'invalid_option',
    store.bucket === undefined
      ? '--worker-stores needs a bucket as TARGET: --to s3://BUCKET/PREFIX.'
      : 'The store of TARGET does not keep two writers apart, so workers cannot write there. Leave --worker-stores out.',
  );
}

/** The submitter's end of a queue. */
async function queueExecutor(
  plan: BatchPlan,
  { target, files }: Pick<BatchPlaces, 'target' | 'files'>,
  { queue, attempts }: BatchCliOptions,
  context: CliContext,
  messenger: Messenger,
): Promise<BatchExecutor> {
  if (!target.store.hasAtomicCreate) {
    throw new InvalidInputError(
      'invalid_option',
      'The store of TARGET does not keep two writers apart, so workers of a queue cannot write there. Leave --queue out.',
    );
  }
  const name = batchNameOf(plan);
  const layout = layoutOf(target.prefix, name, files);
  const url = queueUrlOf(queue, context);
  const store = await openQueueStore(url, { onNote: (message) => messenger.note(message) });
  try {
    return await QueueExecutor.open({
      store,
      batch: { name, store: target.store.name, prefix: target.prefix, files },
      ends: new EndWriter(target.store, layout, plan.formats),
      attempts,
    });
  } catch (error) {
    store.close();
    throw error;
  }
}

export function jobOf({ task, options }: BatchPlan) {
  return { task: task as 'transcribe' | 'diarize', options };
}

async function localExecutor(
  plan: BatchPlan,
  options: BatchCliOptions,
  context: CliContext,
): Promise<BatchExecutor> {
  const engine = await startEngineFor(options, context, { concurrentTasks: options.jobs });
  return new LocalExecutor({
    services: { engine, models: openStore(context.config) },
    audioLimits: context.config.audioLimits,
    job: jobOf(plan),
    concurrency: options.jobs,
    close: () => engine.close(),
  });
}
