import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findInHuggingFaceCache } from './huggingface-cache.ts';
import type { ManifestModel } from './manifest.ts';
import { findNpmPackage } from './npm-package.ts';
import type { ModelFolders } from './model-folders.ts';

/** Which kind of place a model lies in. */
export type ModelPlace =
  'own-folder' | 'embedded' | 'npm-package' | 'shared-folder' | 'huggingface-cache' | 'downloads';

/** A model whose files are all there; nothing is said yet about what is in them. */
export type LocatedModel = {
  readonly place: ModelPlace;
  /** Paths by file name, in the manifest's order. */
  readonly paths: Readonly<Record<string, string>>;
};

/**
 * Looks for the files of a model: embedded, its npm package, shared folders, Hugging Face caches, downloads.
 *
 * A place counts only when it has all files, because a network and its external weights must lie side by side. The
 * first place wins even if its files turn out to be damaged: quietly taking another copy would hide the fault.
 *
 * @returns undefined when no place has all files
 */
export async function locateModel(
  model: ManifestModel,
  folders: ModelFolders,
): Promise<LocatedModel | undefined> {
  if (model.folder !== undefined) {
    const paths = await locateInFolder(model, model.folder);
    return paths && { place: 'own-folder', paths };
  }
  const inFolder = (folder: string) => locateInFolder(model, join(folder, model.id));
  if (model.embedded) {
    const paths = await inFolder(folders.embedded);
    if (paths) return { place: 'embedded', paths };
  }
  if (model.npmPackage !== undefined) {
    const folder = findNpmPackage(model.npmPackage);
    const paths = folder === undefined ? undefined : await locateInFolder(model, folder);
    if (paths) return { place: 'npm-package', paths };
  }
  for (const folder of folders.shared) {
    const paths = await inFolder(folder);
    if (paths) return { place: 'shared-folder', paths };
  }
  for (const hub of folders.huggingFaceCaches) {
    const paths = await locateInHuggingFaceCache(model, hub);
    if (paths) return { place: 'huggingface-cache', paths };
  }
  const paths = await inFolder(folders.downloads);
  return paths && { place: 'downloads', paths };
}

async function locateInFolder(
  model: ManifestModel,
  folder: string,
): Promise<Record<string, string> | undefined> {
  const paths: Record<string, string> = {};
  for (const file of model.files) {
    const path = join(folder, file.path ?? file.name);
    if (!(await exists(path))) return undefined;
    paths[file.name] = path;
  }
  return paths;
}

async function locateInHuggingFaceCache(
  model: ManifestModel,
  hub: string,
): Promise<Record<string, string> | undefined> {
  const paths: Record<string, string> = {};
  for (const file of model.files) {
    const path = await findAnySource(file.sources ?? [], hub);
    if (path === undefined) return undefined;
    paths[file.name] = path;
  }
  return paths;
}

async function findAnySource(
  sources: NonNullable<ManifestModel['files'][number]['sources']>,
  hub: string,
): Promise<string | undefined> {
  for (const source of sources) {
    if (!('huggingFace' in source)) continue;
    const path = await findInHuggingFaceCache(hub, source.huggingFace);
    if (path !== undefined) return path;
  }
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
