import type { DeskSource } from '../desk/desk-job.ts';
import type { RecordingStore } from '../desk/recording-store.ts';

/** A file that a request brought along. */
type Upload = { readonly path: string; readonly name: string };

/** Recordings that a request brought along: where no job takes them over, nothing of them is kept. */
export type Uploads = { readonly uploads: readonly string[] };

/** Keeps files as recordings, all or none. */
export async function keepUploads(
  files: readonly Upload[],
  owner: string,
  recordings: RecordingStore,
): Promise<Uploads & { readonly sources: readonly DeskSource[] }> {
  const uploads: string[] = [];
  await orNothingKept({ uploads }, recordings, async () => {
    for (const { path, name } of files) uploads.push((await recordings.add(path, { name, owner })).id);
  });
  return { uploads, sources: uploads.map((recording) => ({ recording })) };
}

/** Does the work; where it fails, the uploads are erased. */
export async function orNothingKept<T>(
  submission: Uploads,
  recordings: RecordingStore,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await eraseUploads(submission, recordings);
    throw error;
  }
}

/** Those that a job reads by now stay. */
export async function eraseUploads({ uploads }: Uploads, recordings: RecordingStore): Promise<void> {
  for (const id of uploads) await recordings.erase(id).catch(() => undefined);
}
