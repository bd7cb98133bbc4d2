import { defined, type Loose } from '../../../core/defined.ts';
import type { DetectSpeechInput } from '../../../core/engine/tasks/detect-speech-task.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { completeHysteresisOptions } from '../../../core/vad/hysteresis-options.ts';
import { graphOfRole, modelUse, type ModelCallOptions, type ModelStore } from '../../../models/store.ts';
import type { DetectSpeechOptions } from '../../../sdk/contract/index.ts';

const DEFAULT_VAD_MODEL = 'silero-vad';

/** Options of `detect-speech`, as jobs and the command give them. */
export type DetectSpeechRequestOptions = Partial<Loose<DetectSpeechOptions>>;

/**
 * What the engine is asked to do for `detect-speech`, the same for every transport.
 *
 * @throws InvalidInputError `invalid_option`; ModelError
 */
export async function detectSpeechRequest(
  models: ModelStore,
  options: DetectSpeechRequestOptions,
  calls: ModelCallOptions,
): Promise<DetectSpeechInput> {
  const { threshold, minSpeechSeconds, minSilenceSeconds, paddingSeconds, includeProbabilities } = options;
  const segmentation = defined({
    onset: threshold,
    minSpeechSeconds,
    minSilenceSeconds,
    speechPadSeconds: paddingSeconds,
  });
  completeHysteresisOptions(segmentation);
  const model = await models.obtain(options.model ?? DEFAULT_VAD_MODEL, calls);
  if (model.entry.task !== 'vad') {
    throw new InvalidInputError(
      'invalid_option',
      `${model.id} is a model for ${model.entry.task}; choose one for vad.`,
      { details: { option: 'model' } },
    );
  }
  return {
    model: graphOfRole(model),
    uses: [modelUse(model)],
    options: { segmentation, includeProbabilities },
  };
}
