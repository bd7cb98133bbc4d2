import { isPreset } from '../../../core/diarization/presets.ts';
import { diarizationSetup, transcriptionSetup } from '../../setup/composition.ts';
import type { TaskServices } from './job-services.ts';

/**
 * Loads the models of presets and recognisers before the first recording: proves that they are whole and that the
 * provider really computes.
 *
 * @param names of presets, and ids of recognisers
 * @throws as the set-up of a task does
 */
export async function warmUp(
  { engine, models }: Pick<TaskServices, 'engine' | 'models'>,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    if (isPreset(name)) {
      const setup = await diarizationSetup(models, name);
      await engine.run('diarize', { ...setup, options: {}, audio: { samples: oneSecondOfSilence() } });
    } else {
      await engine.run('load-transcription-models', await transcriptionSetup(models, { model: name }));
    }
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the engine takes samples as they come
async function* oneSecondOfSilence(): AsyncGenerator<Float32Array> {
  yield new Float32Array(16_000);
}
