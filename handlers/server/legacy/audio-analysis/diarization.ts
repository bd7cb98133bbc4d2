import { assert } from '../../../../core/errors.ts';
import { PythonFloat } from '../../../../core/formats/writing/python-json.ts';
import { defined } from '../../../../core/defined.ts';
import type { ServerContext } from '../../server-context.ts';
import { numberField, type LegacyForm } from '../legacy-form.ts';
import { fastApiReply } from '../python-replies.ts';
import { runOnFiles } from '../run-on-files.ts';
import { speakerOptions } from '../speaker-fields.ts';
import { analysisFailure, measured } from './replies.ts';
import { oneFile } from './voice-routes.ts';

/** Who spoke when in the form's recording. The form is disposed of, whatever happens. */
export async function analysisDiarize(
  form: LegacyForm,
  { owner, requestId }: { readonly owner: string; readonly requestId: string },
  context: ServerContext,
  signal: AbortSignal,
): Promise<Response> {
  const startedAtMs = performance.now();
  try {
    const file = oneFile(form, 'file');
    const preset = form.fields.get('preset');
    const options = {
      ...speakerOptions(form.fields),
      ...defined({ minDurationSeconds: numberField(form.fields, 'min_duration'), preset }),
    };
    const output = await runOnFiles({ task: 'diarize', options, files: [file], owner }, context, signal);
    const [outcome] = output.task === 'diarize' ? output.results : [];
    assert(outcome !== undefined && 'result' in outcome, 'A diarization gave no result.');
    const { result } = outcome;
    const { processing_time, audio_duration, model_device } = measured(result, startedAtMs);
    return fastApiReply({
      diarization_results: result.turns.map(({ startSeconds, endSeconds, speaker }) => ({
        start: new PythonFloat(startSeconds),
        end: new PythonFloat(endSeconds),
        speaker,
      })),
      processing_time: processing_time!,
      audio_duration: audio_duration!,
      segments_count: result.turns.length,
      model_device: model_device!,
    });
  } catch (error) {
    return analysisFailure(error, requestId);
  } finally {
    await form.dispose();
  }
}
