/** How the command shares the journal of a study with other processes and machines. */
import { readFile } from 'node:fs/promises';
import { InputUnavailableError } from '../../../core/errors.ts';
import type { LockFile } from '../../../core/lock-file.ts';
import type { JournalFile } from '../../../core/tune/journal/journal-file.ts';
import { importOptunaJournal } from '../../../core/tune/journal/optuna-journal.ts';
import { processHasEnded, withFileLock } from '../../../models/file-lock.ts';
import type { CliContext } from '../context.ts';

/** The lock of a study's journal. Trials are short, and so is every write. */
export function studyLock(signal: AbortSignal): LockFile {
  return (path, work) =>
    withFileLock(path, work, {
      heartbeatMs: 1_000,
      staleAfterMs: 30_000,
      pollMs: 5,
      signal,
      unwritable: { folder: 'The folder of the study', remedy: 'Make it writable or give another --output.' },
    });
}

/** A worker's name ends with its process, which may be one of this machine. */
export function isGoneHere(name: string, machine: string): boolean {
  const separator = name.lastIndexOf(':');
  return name.slice(0, separator) === machine && processHasEnded(Number(name.slice(separator + 1)));
}

export async function importTrials(
  path: string,
  journal: JournalFile,
  space: Parameters<typeof importOptunaJournal>[1],
  context: CliContext,
): Promise<void> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw notReadable(path, error);
  });
  const { lines, ignored } = importOptunaJournal(bytes, space);
  // Once: a study that has begun has them already.
  await journal.update((state) => ({ lines: state.imported.length > 0 ? [] : lines, result: undefined }));
  if (ignored.length > 0) {
    context.stderr.write(`warning: not taken over from ${path}: ${ignored.join(', ')}\n`);
  }
}

function notReadable(path: string, cause: unknown): InputUnavailableError {
  return new InputUnavailableError('file_not_readable', `The journal ${path} cannot be read.`, { cause });
}
