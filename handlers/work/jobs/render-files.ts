/** The files of a result that a job asked for, inside the result or in a bucket. */
import { DependencyError, InvalidInputError } from '../../../core/errors.ts';
import { formatOf, renderResult } from '../../../core/formats/index.ts';
import type { DiarizationResult, TranscriptResult } from '../../../core/result/result.ts';
import type {
  JobResult,
  OutputRequest,
  RenderedFile,
  StoredResult,
  Task,
} from '../../../sdk/contract/index.ts';
import type { S3ResultOptions } from '../s3/s3-result-options.ts';
import type { JobHooks, TaskServices } from './job-services.ts';
import { checkTarget, openFileStore } from './file-store.ts';

/** Tasks whose results have turns, and so files. */
const TASKS_WITH_FILES: readonly Task[] = ['diarize', 'transcribe'];

/**
 * Checks, before any audio is fetched, that the files can be made and put where the job wants them.
 *
 * @throws InvalidInputError `invalid_option`; DependencyError `configuration_invalid`; RemoteError `unauthorized`
 */
export function checkOutputRequest(
  task: Task,
  output: OutputRequest | undefined,
  services: Pick<TaskServices, 'files'>,
): void {
  const formats = output?.formats ?? [];
  for (const format of formats) formatOf(format);
  if (formats.length > 0 && !TASKS_WITH_FILES.includes(task)) {
    throw new InvalidInputError(
      'invalid_option',
      `Results of ${task} have no files; leave output.formats out. Formats belong to ${TASKS_WITH_FILES.join(' and ')}.`,
    );
  }
  if ((output?.s3 !== undefined || output?.inline === false) && services.files === undefined) {
    throw new DependencyError(
      'configuration_invalid',
      'This worker has no S3 store: leave output.s3 and output.inline out, or set BUCKET_NAME and the credentials of the worker.',
    );
  }
  if (services.files !== undefined && output?.s3 !== undefined) checkTarget(services.files, output.s3);
}

/** Renders and, where asked for, uploads; in the order of the request. Under a key lies one object, with the files in it. */
export async function renderFiles(
  result: DiarizationResult | TranscriptResult,
  index: number,
  output: OutputRequest,
  services: Pick<TaskServices, 'files'>,
  hooks: JobHooks,
): Promise<RenderedFile[]> {
  const store =
    output.s3 === undefined || output.s3.key !== undefined || services.files === undefined
      ? undefined
      : await openFileStore(services.files, output.s3, hooks);
  const files: RenderedFile[] = [];
  for (const format of output.formats ?? []) {
    const { mediaType, extension } = formatOf(format);
    const rendered = await renderResult(result, format);
    if (store !== undefined) {
      const bytes = typeof rendered === 'string' ? Buffer.from(rendered) : Buffer.from(rendered);
      const stored = await store(`${index}.${extension}`, bytes, mediaType);
      files.push({ format, mediaType, bytes: bytes.length, ...stored });
    } else if (typeof rendered === 'string') {
      files.push({ format, mediaType, content: rendered });
    } else {
      throw new InvalidInputError(
        'invalid_option',
        `The format ${format} is binary and does not fit into a JSON result; ask for output.s3, or render it with the SDK.`,
      );
    }
  }
  return files;
}

/** Puts a whole result where the job wants it, and says where it can be fetched. */
export async function storeResult(
  result: JobResult,
  output: OutputRequest,
  files: S3ResultOptions,
  hooks: JobHooks,
): Promise<StoredResult> {
  const contentType = 'application/json';
  const bytes = Buffer.from(JSON.stringify(result));
  const store = await openFileStore(files, output.s3, hooks);
  const { url, expiresAt } = await store('result.json', bytes, contentType);
  return { storedResult: { url, bytes: bytes.length, contentType, expiresAt } };
}
