import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { InvalidInputError } from '../../core/errors.ts';
import { systemErrorCode } from '../../core/system-error-code.ts';
import type { CheckedFile, CheckedModel } from '../manifest.ts';
import { hashFile } from '../verify.ts';
import { type LayoutFile, MODEL_LAYOUTS, type ModelLayout } from './layouts.ts';

/** Where exports keep their graphs. */
const SUBFOLDERS = ['', 'onnx'];
/** Forms of a graph by suffix, the most exact first. Half precision only where there is nothing else: its inputs may be too. */
const FORMS = [
  '',
  '_fp32',
  '_quantized',
  '.int8',
  '_int8',
  '_uint8',
  '_q8',
  '_bnb4',
  '_q4',
  '_q4f16',
  '_fp16',
];
/** Weights beside a graph that is too large for one file. */
const DATA_ENDINGS = ['_data', '.data'];

export type InspectOptions = {
  /** @default made from the name of the folder */
  readonly id?: string | undefined;
  /** ISO 639-1. @default what the layout says */
  readonly languages?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Finds out what model lies in a folder, and takes the checksums of its files.
 *
 * @returns an entry as the manifest has them, whose files lie in the folder
 * @throws InvalidInputError `invalid_option` for a folder that holds no model that is known, or lacks a file of one
 */
export async function inspectModelFolder(path: string, options: InspectOptions = {}): Promise<CheckedModel> {
  const folder = resolve(path);
  const present = await filesIn(folder);
  const config = await configOf(folder, present);
  const layout = layoutOf(folder, present, config);
  const found = layout.files.map((file) => ({ file, path: pathOf(file, present) }));
  const missing = found.filter(({ file, path: at }) => at === undefined && file.optional !== true);
  if (missing.length > 0) {
    const names = missing.map(({ file }) => file.names.join(' or ')).join(', ');
    throw noModel(folder, `it looks like ${layout.title}, but lacks ${names}`);
  }
  const frontEnd = layout.frontEnd(config);
  if (frontEnd === undefined) throw noModel(folder, `its config.json fits no ${layout.title} that is known`);
  const files: CheckedFile[] = [];
  for (const { file, path: at } of found) {
    if (at === undefined) continue;
    files.push(await entryOf(folder, at, file, options.signal));
    const data = DATA_ENDINGS.map((ending) => at + ending).find((name) => present.includes(name));
    if (data !== undefined) {
      const role = file.role === 'decoder' ? ('decoder-weights' as const) : ('weights' as const);
      files.push(await entryOf(folder, data, { role, names: [] }, options.signal));
    }
  }
  return {
    id: options.id ?? idOf(folder),
    title: `${basename(folder)}, ${layout.title}`,
    task: 'speech-recognition',
    embedded: false,
    folder,
    licence: { spdx: 'NOASSERTION', attribution: 'own model' },
    sampleRate: 16_000,
    frontEnd,
    languages: [...(options.languages ?? layout.languages)],
    files,
  };
}

/** Paths within the folder, those of its graphs' folder too. */
async function filesIn(folder: string): Promise<string[]> {
  const lists = await Promise.all(
    SUBFOLDERS.map(async (sub) => {
      try {
        const entries = await readdir(join(folder, sub), { withFileTypes: true });
        // Caches of hubs hold links to their files.
        return entries
          .filter((entry) => !entry.isDirectory())
          .map(({ name }) => (sub === '' ? name : `${sub}/${name}`));
      } catch (cause) {
        if (sub !== '') return [];
        throw new InvalidInputError(
          'invalid_option',
          `Expected the folder of a model, but ${folder} cannot be read as one (${systemErrorCode(cause) ?? 'unknown reason'}); colloquy models list names the models that are known.`,
          { cause, details: { option: 'model' } },
        );
      }
    }),
  );
  return lists.flat();
}

async function configOf(
  folder: string,
  present: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  if (!present.includes('config.json')) return {};
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below: it is no JSON object.
  }
  throw noModel(folder, 'its config.json is no JSON object');
}

/** The layout that fits best: by the kind that the configuration names, else the one of which most is there. */
function layoutOf(
  folder: string,
  present: readonly string[],
  { model_type: type }: Readonly<Record<string, unknown>>,
): ModelLayout {
  const named = MODEL_LAYOUTS.find(({ modelType }) => modelType !== undefined && modelType === type);
  if (named !== undefined) return named;
  const share = ({ files }: ModelLayout): number => {
    const needed = files.filter(({ optional }) => optional !== true);
    return needed.filter((file) => pathOf(file, present) !== undefined).length / needed.length;
  };
  const candidates = MODEL_LAYOUTS.filter(({ modelType }) => modelType === undefined || type === undefined);
  const best = candidates.toSorted((a, b) => share(b) - share(a))[0];
  if (best !== undefined && share(best) >= 0.5) return best;
  const titles = MODEL_LAYOUTS.map(({ title }) => title).join(', ');
  const kind = typeof type === 'string' ? ` (its config.json says ${JSON.stringify(type.slice(0, 40))})` : '';
  throw noModel(folder, `expected the files of ${titles}${kind}`);
}

/** Where a file lies, in the most exact form that is there. */
function pathOf({ names }: LayoutFile, present: readonly string[]): string | undefined {
  for (const name of names) {
    const forms = name.endsWith('.onnx')
      ? FORMS.map((form) => name.replace(/\.onnx$/, `${form}.onnx`))
      : [name];
    for (const form of forms) {
      const found = SUBFOLDERS.map((sub) => (sub === '' ? form : `${sub}/${form}`)).find((path) =>
        present.includes(path),
      );
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

async function entryOf(
  folder: string,
  path: string,
  { role, tensors }: LayoutFile,
  signal: AbortSignal | undefined,
): Promise<CheckedFile> {
  const { sha256, bytes } = await hashFile(join(folder, path), signal);
  return {
    name: basename(path),
    path,
    role,
    sha256,
    bytes,
    ...(tensors === undefined
      ? {}
      : { tensors: { inputs: [...tensors.inputs], outputs: [...tensors.outputs] } }),
  };
}

/** Letters, digits, dots and dashes of the folder's name. */
function idOf(folder: string): string {
  const id = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 80);
  return id === '' ? 'own-model' : id;
}

function noModel(folder: string, reason: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `The folder ${folder} holds no model that Colloquy can use: ${reason}. models/README.md says which files each kind has.`,
    { details: { option: 'model' } },
  );
}
