import { createHash } from 'node:crypto';
import { RequestError } from '../../../core/errors.ts';
import type { Edit } from '../../../core/result/edit.ts';
import { editListSchema } from '../../../sdk/contract/results/edits.ts';
import type { JobFolders } from './job-folders.ts';

/** The edits of one recording of a job, and the mark by which a writer shows that it has seen them. */
export type StoredEdits = { readonly edits: readonly Edit[]; readonly etag: string };

/** Edits beside results that never change: `jobs/<id>/edits-<index>.json`. */
export class JobEdits {
  readonly #files: JobFolders;
  /** Writers one after another: each compares, then writes. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(files: JobFolders) {
    this.#files = files;
  }

  async read(id: string, index: number): Promise<StoredEdits> {
    const stored = editListSchema.safeParse(await this.#files.readJson(id, nameOf(index)));
    const edits = stored.success ? stored.data.edits : [];
    return { edits, etag: etagOf(edits) };
  }

  /** @throws RequestError `precondition_failed` where somebody else has written since */
  write(id: string, index: number, edits: readonly Edit[], seen: string): Promise<StoredEdits> {
    const written = this.#last.then(async () => {
      const { etag } = await this.read(id, index);
      if (seen !== '*' && seen !== etag) {
        throw new RequestError(
          'precondition_failed',
          'The edits were changed elsewhere. Read them again, then write.',
        );
      }
      await this.#files.writeJson(id, nameOf(index), { edits });
      return { edits, etag: etagOf(edits) };
    });
    this.#last = written.catch(() => undefined);
    return written;
  }
}

function nameOf(index: number): string {
  return `edits-${index}.json`;
}

function etagOf(edits: readonly Edit[]): string {
  return `"${createHash('sha256').update(JSON.stringify(edits)).digest('base64url').slice(0, 22)}"`;
}
