import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { ManifestModel } from '../../../models/manifest.ts';
import type { ModelFolders } from '../../../models/model-folders.ts';
import { isSpeechError, type SpeechError } from '../../../core/errors.ts';
import type { StoredModel } from '../../../models/store.ts';
import { openStore } from '../../setup/composition.ts';
import { addOwnModel, type AddOptions, removeOwnModel } from '../models/own-models.ts';
import type { Config } from '../../setup/config.ts';
import { createDownloadBar } from '../models/download-bar.ts';
import { formatTable, megabytes, TABLE_FORMATS, type TableFormat } from '../models/table.ts';
import type { MessageStream } from '../output/progress.ts';

/** What the command touches of the outside. */
export type ModelsContext = {
  readonly config: Pick<Config, 'environment'>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: MessageStream;
  readonly signal: AbortSignal;
};

type FormatOption = { readonly format: TableFormat };

/**
 * `colloquy models list | pull | verify | path | add | remove`.
 *
 * Results go to stdout; progress, on a terminal only, to stderr. Actions reject with `SpeechError`s.
 */
export function modelsCommand(context: ModelsContext): Command {
  const command = new Command('models').description('list, download, verify and find model files');
  command
    .command('list')
    .description('the models that Colloquy knows, and where each one is')
    .addOption(formatOption())
    .action((options: FormatOption) => list(context, options));
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
    .action((ids: string[], options: FormatOption & { into?: string }) => pull(context, ids, options));
  command
    .command('verify')
    .description('read every byte of models on this machine and compare checksums')
    .argument('[id...]', 'all models on this machine when none is named')
    .addOption(formatOption())
    .action((ids: string[], options: FormatOption) => verify(context, ids, options));
  command
    .command('path')
    .description('the paths of the files of a model, one a line')
    .argument('<id>')
    .action((id: string) => path(context, id));
  command
    .command('add')
    .description(
      'list a model in a folder of this machine among the others, by checksum; --model takes its id then',
    )
    .argument('<folder>', 'Whisper or Moonshine as onnx-community exports them, NeMo as onnx-asr does')
    .addOption(
      new Option('--task <task>', 'what it is for')
        .choices(['speech-recognition'])
        .default('speech-recognition'),
    )
    .option('--id <id>', 'what to call it (default: the name of the folder)')
    .option('--languages <codes>', 'what it knows, such as de,fr, where its files do not say')
    .action((folder: string, options: AddOptions) => addOwnModel(context, folder, options));
  command
    .command('remove')
    .description('take an own model out of the list; its files stay')
    .argument('<id>')
    .action((id: string) => removeOwnModel(context, id));
  return command.addHelpText(
    'after',
    '\nExamples:\n  colloquy models list\n  colloquy models pull wespeaker-voxceleb-resnet34-lm\n  colloquy models verify\n  colloquy models add ~/models/whisper-small --id whisper-small',
  );
}

function formatOption(): Option {
  return new Option('-f, --format <format>', 'form of the result').choices(TABLE_FORMATS).default('table');
}

async function list(context: ModelsContext, options: FormatOption): Promise<void> {
  const store = openStore(context.config);
  const rows = await Promise.all(
    store.manifest.models.map(async (model) => {
      const place = (await store.locate(model.id))?.place ?? null;
      const { id, task, title } = model;
      const { spdx: licence, attribution } = model.licence;
      return { id, task, bytes: totalBytes(model), licence, attribution, place, title };
    }),
  );
  context.stdout.write(
    formatTable(options.format, rows, (row) => [
      row.id,
      row.task,
      megabytes(row.bytes),
      row.licence,
      row.place ?? '-',
      row.title,
    ]),
  );
}

async function pull(
  context: ModelsContext,
  ids: string[],
  options: FormatOption & { into?: string },
): Promise<void> {
  const downloads = options.into;
  const store = openStore(context.config, downloads === undefined ? {} : downloadingInto(resolve(downloads)));
  const pulled: StoredModel[] = [];
  for (const id of ids) {
    const bar = createDownloadBar(context.stderr, id);
    try {
      const onWait = () => bar.say('another process is downloading it, waiting');
      pulled.push(await store.pull(id, { signal: context.signal, onProgress: bar.update, onWait }));
    } finally {
      bar.clear();
    }
  }
  const rows = pulled.map(({ id, place, paths }) => ({ id, place, paths: Object.values(paths) }));
  context.stdout.write(
    formatTable(options.format, rows, (row) => [row.id, row.place, ...row.paths.slice(0, 1)]),
  );
}

async function verify(context: ModelsContext, ids: string[], options: FormatOption): Promise<void> {
  const store = openStore(context.config);
  const present = async (model: ManifestModel) => ((await store.locate(model.id)) ? [model.id] : []);
  const wanted = ids.length > 0 ? ids : (await Promise.all(store.manifest.models.map(present))).flat();
  const rows: { id: string; ok: boolean; place: string | null; problem: string | null }[] = [];
  let firstFault: SpeechError | undefined;
  for (const id of wanted) {
    try {
      const { place } = await store.verify(id, { signal: context.signal });
      rows.push({ id, ok: true, place, problem: null });
    } catch (error) {
      if (!isSpeechError(error) || error.code === 'canceled') throw error;
      firstFault ??= error;
      rows.push({ id, ok: false, place: null, problem: error.message });
    }
  }
  context.stdout.write(
    formatTable(options.format, rows, (row) => [
      row.ok ? 'ok' : 'FAULT',
      row.id,
      row.place ?? row.problem ?? '',
    ]),
  );
  // All models are looked at first; the exit code then tells of the first fault.
  if (firstFault) throw firstFault;
}

async function path(context: ModelsContext, id: string): Promise<void> {
  const store = openStore(context.config);
  const { signal } = context;
  // A question must not start a download: what is not here gets the error of `verify`.
  const { paths } = (await store.locate(id))
    ? await store.obtain(id, { signal })
    : await store.verify(id, { signal });
  context.stdout.write(
    Object.values(paths)
      .map((file) => `${file}\n`)
      .join(''),
  );
}

/** Only downloads count then: what else is on this machine would not be in the folder. */
function downloadingInto(folder: string): Partial<ModelFolders> {
  return { downloads: folder, shared: [], huggingFaceCaches: [] };
}

/** Null when a size is not known. */
function totalBytes(model: ManifestModel): number | null {
  const bytes = model.files.map((file) => file.bytes);
  return bytes.every((value) => value !== undefined) ? bytes.reduce((sum, value) => sum + value, 0) : null;
}
