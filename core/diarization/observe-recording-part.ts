/** The first half of diarization, of a part of a recording; `resolve` does the second half with all parts. */
import type { AudioStream } from '../audio/waveform.ts';
import { InvalidInputError } from '../errors.ts';
import type { ObservationsPart } from '../observation/join-observations.ts';
import { observePart } from '../observation/observe-part.ts';
import { planPart, type RecordingPart } from '../observation/recording-part.ts';
import type { ResultWarning } from '../result/result.ts';
import { samplesToSeconds, secondsToSamples } from '../timeline/sliding-window.ts';
import type { DiarizationModels } from './diarization-models.ts';
import { type DiarizeContext, heardBy } from './diarize.ts';
import type { DiarizationPreset } from './presets.ts';

/**
 * What the models see in a part, as they would see it in the whole recording. The audio is closed, whatever happens.
 *
 * @throws InvalidInputError `invalid_option` for a part that is none or a preset that needs the whole recording;
 *   ModelError, CanceledError, and what the audio throws
 */
export async function observeRecordingPart(
  audio: AudioStream,
  models: DiarizationModels,
  part: RecordingPart,
  { signal, onProgress }: Omit<DiarizeContext, 'onObserved'>,
): Promise<ObservationsPart & { readonly warnings: readonly ResultWarning[] }> {
  const { blocks, warnings } = heardBy(models.preset, audio);
  const chunkHopSamples = secondsToSamples(models.preset.chunkHopSeconds);
  const total = part.toSeconds === undefined ? null : part.toSeconds - part.fromSeconds;
  const observed = observePart(blocks, models, { chunkHopSamples }, part, {
    signal,
    onProgress: (samples) => onProgress?.({ stage: 'observe', done: samplesToSeconds(samples), total }),
  });
  const observations = await observed.finally(audio.close);
  return { ...observations, warnings: warnings() };
}

/** @throws InvalidInputError `invalid_option`, before anything is loaded */
export function checkPart(preset: DiarizationPreset, part: RecordingPart): void {
  planPart(part, secondsToSamples(preset.chunkHopSeconds));
  if (preset.encoder.kind !== 'scales') return;
  throw new InvalidInputError(
    'invalid_option',
    `The preset ${preset.name} cuts the speech of a whole recording; parts of it can be observed with other presets, as embedded.`,
    { details: { option: 'preset' } },
  );
}
