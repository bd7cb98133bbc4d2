/** Where `--save-observations` puts what the models saw. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { notWritable, PendingFile } from '../../work/files/pending-file.ts';
import { nameOfInput } from './output-plan.ts';

/** Begins the file of one input; a folder for one file an input where there are several. */
export async function startObservations(
  input: string,
  path: string,
  isOneOfSeveral: boolean,
): Promise<PendingFile> {
  if (!isOneOfSeveral) return PendingFile.start(path);
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw notWritable(path, error);
  });
  return PendingFile.start(join(path, observationsNameOf(input)));
}

export function observationsNameOf(input: string): string {
  return `${nameOfInput(input)}.observations`;
}
