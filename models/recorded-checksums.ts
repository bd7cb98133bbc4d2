/**
 * Checksums of published files that the manifest does not know: taken when a file is first used, and binding from then on.
 *
 * They lie in `checksums.json` among the downloads of their model, whichever place the files are in. Whoever publishes a
 * file is trusted once; that it changes afterwards is noticed. Removing the record accepts what is there now.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { DependencyError, OutputError } from '../core/errors.ts';
import { systemErrorCode } from '../core/system-error-code.ts';
import type { CheckedFile, ManifestFile, ManifestModel } from './manifest.ts';

/** SHA-256 by file name. */
export type RecordedChecksums = Readonly<Record<string, string>>;

const recordSchema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

/** Where the checksums of a model are kept. */
export function checksumsPath(downloads: string, id: string): string {
  return join(downloads, id, 'checksums.json');
}

/** Whether nothing has to be recorded. */
export function isChecked(file: ManifestFile): file is CheckedFile {
  return file.sha256 !== undefined;
}

/** The same model, with the checksums that were recorded for it. */
export async function withRecordedChecksums(model: ManifestModel, downloads: string): Promise<ManifestModel> {
  if (model.files.every(isChecked)) return model;
  const recorded = await readChecksums(checksumsPath(downloads, model.id));
  return {
    ...model,
    files: model.files.map((file) => ({ ...file, sha256: file.sha256 ?? recorded[file.name] })),
  };
}

/**
 * Records what was found at the first use.
 *
 * @throws OutputError `output_not_writable`: what cannot be recorded cannot be held to it
 */
export async function recordChecksums(
  downloads: string,
  id: string,
  found: RecordedChecksums,
): Promise<void> {
  const path = checksumsPath(downloads, id);
  const part = `${path}.${process.pid}.part`;
  try {
    await mkdir(join(downloads, id), { recursive: true });
    const all = { ...(await readChecksums(path)), ...found };
    await writeFile(part, `${JSON.stringify(all, null, 2)}\n`);
    await rename(part, path);
  } catch (cause) {
    if (cause instanceof DependencyError) throw cause;
    throw new OutputError(
      'output_not_writable',
      `The checksums of ${id} cannot be kept in ${path} (${systemErrorCode(cause) ?? 'unknown reason'}). Name another folder with COLLOQUY_CACHE.`,
      { cause, details: { model: id } },
    );
  }
}

async function readChecksums(path: string): Promise<RecordedChecksums> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return {};
    throw invalidRecord(path, cause);
  }
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw invalidRecord(path, cause);
  }
}

function invalidRecord(path: string, cause: unknown): DependencyError {
  return new DependencyError(
    'configuration_invalid',
    `The checksums in ${path} cannot be read. Remove the file, and the model is taken as it is at its next use.`,
    { cause },
  );
}
