import { InvalidInputError } from '../../../core/errors.ts';
import { parseJson } from '../../../core/formats/json-reader.ts';
import type { Edit } from '../../../core/result/edit.ts';
import type { DiarizationResult, TranscriptResult } from '../../../core/result/result.ts';
import { applyEdits } from '../../../core/transcript/edits/apply-edits.ts';
import { editListSchema } from '../../../sdk/contract/results/edits.ts';
import { parseWith } from '../../../sdk/contract/index.ts';
import { parseInputFile } from '../../work/files/read-input-file.ts';
import type { Messenger } from '../output/progress.ts';

/**
 * The result with the edits of a file, as `GET /v1/jobs/{id}/edits` gives them and the page saves them; those that do
 * not fit are told.
 *
 * @throws InputUnavailableError `file_not_found`, `file_not_readable`; InvalidInputError `invalid_file`
 */
export async function withEdits<T extends DiarizationResult | TranscriptResult>(
  result: T,
  path: string | undefined,
  messenger: Messenger,
): Promise<T> {
  if (path === undefined) return result;
  const edited = applyEdits(result, await parseInputFile(path, readEdits));
  for (const { index, reason } of edited.skipped) messenger.note(`Edit ${index} was left out. ${reason}`);
  return edited.result;
}

/** A list, or an object that holds it, whatever else it has. */
function readEdits(text: string): readonly Edit[] {
  const value = parseJson(text);
  const edits = Array.isArray(value) ? (value as unknown) : (value as { edits?: unknown } | null)?.edits;
  const parsed = parseWith(editListSchema, { edits }, true);
  if (parsed.ok) return parsed.value.edits;
  const [first] = parsed.errors;
  throw new InvalidInputError(
    'invalid_file',
    `${first?.path ?? 'edits'}: ${first?.message ?? 'expected a list of edits'}.`,
  );
}
