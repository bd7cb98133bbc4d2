/** The manifest of the user: entries of models in folders of this machine, beside the one that ships. */
import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { DependencyError, InvalidInputError, OutputError } from '../../core/errors.ts';
import { systemErrorCode } from '../../core/system-error-code.ts';
import { type ManifestModel, type ModelManifest, parseManifest } from '../manifest.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `COLLOQUY_OWN_MODELS`, else a file among the data of the user. */
export function ownManifestPath(environment: Environment): string {
  const { COLLOQUY_OWN_MODELS: chosen, XDG_DATA_HOME: data } = environment;
  if (chosen) return chosen;
  const share = data === undefined || data === '' ? join(homedir(), '.local', 'share') : data;
  return join(share, 'colloquy', 'models.json');
}

/**
 * The user's entries; none where there is no such file.
 *
 * @throws DependencyError `configuration_invalid` for a file that is no manifest, or with an entry without a folder
 */
export function readOwnManifest(path: string): ModelManifest {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return { schemaVersion: 1, models: [] };
    throw invalidFile(path, `it cannot be read (${systemErrorCode(cause) ?? 'unknown reason'})`, cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidFile(path, 'it is no JSON', cause);
  }
  const manifest = parseManifest(value, path);
  const homeless = manifest.models.find(({ folder }) => folder === undefined);
  if (homeless !== undefined) throw invalidFile(path, `its entry ${homeless.id} names no folder`);
  return manifest;
}

/**
 * The manifest that ships with the user's entries, which take the place of published ones of their id.
 *
 * @throws DependencyError `configuration_invalid` for an entry with the id of a model that ships
 */
export function mergeManifests(shipped: ModelManifest, own: ModelManifest, path: string): ModelManifest {
  for (const { id } of own.models) {
    if (!isEmbedded(shipped, id)) continue;
    throw invalidFile(
      path,
      `its entry ${id} has the id of a model that ships with Colloquy, which cannot be replaced; remove it with colloquy models remove ${id} and add the folder with another --id`,
    );
  }
  const ids = new Set(own.models.map(({ id }) => id));
  return { ...shipped, models: [...shipped.models.filter(({ id }) => !ids.has(id)), ...own.models] };
}

/**
 * The own manifest with one entry more, in place of an older one of its id.
 *
 * @throws InvalidInputError `invalid_option` for the id of a model that ships
 */
export function withEntry(own: ModelManifest, entry: ManifestModel, shipped: ModelManifest): ModelManifest {
  if (isEmbedded(shipped, entry.id)) {
    throw new InvalidInputError(
      'invalid_option',
      `The id ${entry.id} is that of a model that ships with Colloquy; expected another one, such as --id my-${entry.id}.`,
      { details: { option: 'id' } },
    );
  }
  return { ...own, models: [...own.models.filter(({ id }) => id !== entry.id), entry] };
}

/** @throws InvalidInputError `invalid_option` where there is no such entry */
export function withoutEntry(own: ModelManifest, id: string): ModelManifest {
  const models = own.models.filter((model) => model.id !== id);
  if (models.length < own.models.length) return { ...own, models };
  const known = own.models.map((model) => model.id).join(', ') || 'none';
  throw new InvalidInputError(
    'invalid_option',
    `There is no own model ${JSON.stringify(id.slice(0, 100))}; those that were added are: ${known}.`,
    { details: { option: 'id' } },
  );
}

/** Written beside and renamed, so that no reader sees half a file. @throws OutputError `output_not_writable` */
export async function writeOwnManifest(path: string, manifest: ModelManifest): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(part, `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(part, path);
  } catch (cause) {
    throw new OutputError(
      'output_not_writable',
      `The list of own models, ${path}, cannot be written (${systemErrorCode(cause) ?? 'unknown reason'}); name another file with COLLOQUY_OWN_MODELS.`,
      { cause },
    );
  }
}

function isEmbedded(shipped: ModelManifest, id: string): boolean {
  return shipped.models.some((model) => model.id === id && model.embedded);
}

function invalidFile(path: string, reason: string, cause?: unknown): DependencyError {
  return new DependencyError(
    'configuration_invalid',
    `The list of own models, ${path}, is not valid: ${reason}. colloquy models add writes it.`,
    { cause },
  );
}
