import type { DiarizationModelFiles } from '../../core/diarization/diarization-models.ts';
import type { DiarizationPreset } from '../../core/diarization/presets.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { fileOfRole, hasRole, type StoredModel } from '../../models/store.ts';

/**
 * What the encoder of a preset has beside its network.
 *
 * @throws InvalidInputError `invalid_option` for a model that embeds no voices
 */
export function encoderFilesOf(
  { encoder }: DiarizationPreset,
  embedding: StoredModel,
): Pick<DiarizationModelFiles, 'centrePath' | 'conditionsPath' | 'segments'> {
  const { task, frontEnd, embeddingDimension: dimension } = embedding.entry;
  if (task !== 'speaker-embedding' || dimension === undefined) {
    throw new InvalidInputError(
      'invalid_option',
      `${embedding.id} is a model for ${task}; choose one for speaker-embedding (colloquy models list).`,
      { details: { option: 'preset' } },
    );
  }
  return {
    ...(hasRole(embedding, 'mean') && { centrePath: fileOfRole(embedding, 'mean') }),
    ...(hasRole(embedding, 'conditions') && { conditionsPath: fileOfRole(embedding, 'conditions') }),
    ...(encoder.kind === 'scales' && { segments: { frontEnd, dimension } }),
  };
}
