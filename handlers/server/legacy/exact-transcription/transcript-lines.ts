import { InputUnavailableError } from '../../../../core/errors.ts';
import { isTranscript, type TranscriptResult } from '../../../../core/result/result.ts';
import { renderResult } from '../../../../core/formats/index.ts';
import { applyEdits } from '../../../../core/transcript/edits/apply-edits.ts';
import { recordingResult } from '../../desk/recording-result.ts';
import type { ServerContext } from '../../server-context.ts';

const NO_SPEECH_LINE = '[No speech detected or processing error resulted in empty transcript]';

/**
 * The file of a task: a line an utterance with no line end behind the last, and the edits of readers in it.
 *
 * @throws InputUnavailableError `not_found` for anything but a transcript; RequestError `conflict` where there is no
 * result
 */
export async function transcriptLines(
  id: string,
  owner: string,
  { desk, edits }: ServerContext,
): Promise<string> {
  const result = recordingResult(await desk.result(id, owner), 0);
  if (!isTranscript(result)) throw new InputUnavailableError('not_found', 'The job is no transcription.');
  const edited = applyEdits(result, (await edits.read(id, 0)).edits).result;
  return transcriptFileText(edited);
}

/** @returns a line of its own for silence */
export async function transcriptFileText(result: TranscriptResult): Promise<string> {
  const lines = (await renderResult(result, 'lines')) as string;
  return lines.replace(/\n$/, '') || NO_SPEECH_LINE;
}
