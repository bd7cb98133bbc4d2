import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { shippedManifest, type ManifestModel } from '../../models/manifest.ts';
import { ModelStoreError } from '../../models/model-store-error.ts';
import { isOffline, modelFolders } from '../../models/model-folders.ts';
import {
  openModelStore,
  type ModelProgress,
  type ModelStore,
  type ResolvedModel,
} from '../../models/store.ts';
import { withModelErrors } from '../model-errors.ts';

/** What the command touches of the outside; the process by default. */
export type ModelsContext = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly signal?: AbortSignal | undefined;
};

type FormatOption = { readonly format: 'table' | 'json' };

/**
 * `colloquy models list | pull | verify | path`.
 *
 * Results go to stdout; progress, on a terminal only, to stderr. Actions reject with `SpeechError`s.
 */
export function modelsCommand(context: ModelsContext = theProcess()): Command {
  const command = new Command('models').description('list, download, verify and find model files');
  command
    .command('list')
    .description('the models that Colloquy knows, and where each one is')
    .addOption(formatOption())
    .action((options: FormatOption) => withModelErrors(() => list(context, options)));
  command
    .command('pull')
    .description(
      'download models, resuming what an earlier call left; files are used only when their SHA-256 is right',
    )
    .argument('<id...>', 'ids from `colloquy models list`')
    .option(
      '--into <folder>',
      'download into <folder>/<id>/ instead of the cache (use it later with COLLOQUY_MODELS)',
    )
    .addOption(formatOption())
    .action((ids: string[], options: FormatOption & { into?: string }) =>
      withModelErrors(() => pull(context, ids, options)),
    );
  command
    .command('verify')
    .description('read every byte of models on this machine and compare checksums')
    .argument('[id...]', 'all models on this machine when none is named')
    .addOption(formatOption())
    .action((ids: string[], options: FormatOption) => withModelErrors(() => verify(context, ids, options)));
  command
    .command('path')
    .description('the paths of the files of a model, one a line')
    .argument('<id>')
    .action((id: string) => withModelErrors(() => path(context, id)));
  return command.addHelpText(
    'after',
    '\nExamples:\n  colloquy models list\n  colloquy models pull wespeaker-voxceleb-resnet34-lm\n  colloquy models verify',
  );
}

function theProcess(): ModelsContext {
  return { environment: process.env, stdout: process.stdout, stderr: process.stderr };
}

function formatOption(): Option {
  return new Option('--format <format>', 'form of the result').choices(['table', 'json']).default('table');
}

function openStore(context: ModelsContext, downloads?: string): ModelStore {
  const { environment } = context;
  const folders = modelFolders(environment);
  const proxy = environment.HTTPS_PROXY ?? environment.https_proxy;
  return openModelStore({
    manifest: shippedManifest(),
    folders: downloads === undefined ? folders : { ...folders, downloads, shared: [], huggingFaceCaches: [] },
    offline: isOffline(environment),
    huggingFaceEndpoint: environment.HF_ENDPOINT,
    network: proxy ? { proxy: { url: proxy, except: environment.NO_PROXY ?? environment.no_proxy } } : {},
  });
}

async function list(context: ModelsContext, options: FormatOption): Promise<void> {
  const store = openStore(context);
  const rows = await Promise.all(
    store.manifest.models.map(async (model) => {
      const place = (await store.locate(model.id))?.place ?? null;
      const { id, task, title } = model;
      return { id, task, bytes: totalBytes(model), licence: model.licence.spdx, place, title };
    }),
  );
  print(context, options, rows, (row) => [
    row.id,
    row.task,
    megabytes(row.bytes),
    row.licence,
    row.place ?? '-',
    row.title,
  ]);
}

async function pull(
  context: ModelsContext,
  ids: string[],
  options: FormatOption & { into?: string },
): Promise<void> {
  const store = openStore(context, options.into === undefined ? undefined : resolve(options.into));
  const pulled: ResolvedModel[] = [];
  for (const id of ids) {
    const bar = progressBar(context, id);
    try {
      const onWait = () => bar.say('another process is downloading it, waiting');
      pulled.push(await store.pull(id, { signal: context.signal, onProgress: bar.update, onWait }));
    } finally {
      bar.clear();
    }
  }
  const rows = pulled.map(({ id, place, paths }) => ({ id, place, paths: Object.values(paths) }));
  print(context, options, rows, (row) => [row.id, row.place, ...row.paths.slice(0, 1)]);
}

async function verify(context: ModelsContext, ids: string[], options: FormatOption): Promise<void> {
  const store = openStore(context);
  const present = async (model: ManifestModel) => ((await store.locate(model.id)) ? [model.id] : []);
  const wanted = ids.length > 0 ? ids : (await Promise.all(store.manifest.models.map(present))).flat();
  const rows: { id: string; ok: boolean; place: string | null; problem: string | null }[] = [];
  let firstFault: ModelStoreError | undefined;
  for (const id of wanted) {
    try {
      const { place } = await store.verify(id, { signal: context.signal });
      rows.push({ id, ok: true, place, problem: null });
    } catch (error) {
      if (!(error instanceof ModelStoreError) || error.code === 'canceled') throw error;
      firstFault ??= error;
      rows.push({ id, ok: false, place: null, problem: error.message });
    }
  }
  print(context, options, rows, (row) => [row.ok ? 'ok' : 'FAULT', row.id, row.place ?? row.problem ?? '']);
  // All models are looked at first; the exit code then tells of the first fault.
  if (firstFault) throw firstFault;
}

async function path(context: ModelsContext, id: string): Promise<void> {
  const store = openStore(context);
  const { signal } = context;
  // A question must not start a download: what is not here gets the error of `verify`.
  const { paths } = (await store.locate(id))
    ? await store.resolve(id, { signal })
    : await store.verify(id, { signal });
  context.stdout.write(
    Object.values(paths)
      .map((file) => `${file}\n`)
      .join(''),
  );
}

/** JSON, or columns padded to the widest cell but for the last. */
function print<Row>(
  context: ModelsContext,
  options: FormatOption,
  rows: readonly Row[],
  cells: (row: Row) => string[],
): void {
  if (options.format === 'json') {
    context.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const lines = rows.map(cells);
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  for (const line of lines) {
    context.stdout.write(
      `${line.map((cell, column) => (column === line.length - 1 ? cell : cell.padEnd(widths[column]!))).join('  ')}\n`,
    );
  }
}

function totalBytes(model: ManifestModel): number | null {
  const bytes = model.files.map((file) => file.bytes);
  return bytes.every((value) => value !== undefined) ? bytes.reduce((sum, value) => sum + value, 0) : null;
}

function megabytes(bytes: number | null): string {
  return bytes === null ? '? MB' : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

type ProgressBar = {
  readonly update: (progress: ModelProgress) => void;
  readonly say: (text: string) => void;
  readonly clear: () => void;
};

/** One line on a terminal, redrawn at most ten times a second; nothing elsewhere. */
function progressBar(context: ModelsContext, id: string): ProgressBar {
  const { stderr } = context;
  if (stderr.isTTY !== true)
    return {
      update: () => undefined,
      say: (text) => stderr.write(`${id}: ${text}\n`),
      clear: () => undefined,
    };
  let drawnAt = -Infinity;
  const draw = (text: string) => stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
  return {
    say: (text) => draw(`${id}: ${text}`),
    clear: () => draw(''),
    update: ({ file, receivedBytes, totalBytes: total }) => {
      const now = performance.now();
      if (now - drawnAt < 100) return;
      drawnAt = now;
      const share = total ? receivedBytes / total : 0;
      const bar = total
        ? `[${'#'.repeat(Math.round(share * 20)).padEnd(20)}] ${String(Math.floor(share * 100)).padStart(3)} % `
        : '';
      draw(`${id}: ${bar}${megabytes(receivedBytes)}${total ? ` of ${megabytes(total)}` : ''} ${file}`);
    },
  };
}
