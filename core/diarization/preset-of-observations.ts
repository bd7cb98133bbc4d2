/** Which preset turns saved observations into turns. */
import { InvalidInputError } from '../errors.ts';
import type { ObservationsOrigin } from '../observation/observations-file.ts';
import { DIARIZATION_PRESETS, type DiarizationPreset, findPreset } from './presets.ts';

/**
 * The preset that was asked for, else that of the run. A preset may have another encoder now than when the file was
 * saved (until CAM++ came, `embedded` was GE2E): then the first one with the encoder of the file takes its place.
 *
 * @throws InvalidInputError `invalid_option` for an unknown preset and for one of another encoder; `invalid_file` for
 *   observations of an encoder that no preset has
 */
export function presetOfObservations(origin: ObservationsOrigin, asked?: string): DiarizationPreset {
  const encoders = origin.models.map(({ id }) => id);
  const fits = ({ embeddingModel }: DiarizationPreset): boolean => encoders.includes(embeddingModel);
  const fitting = Object.values(DIARIZATION_PRESETS).filter(fits);
  const preset = findPreset(asked ?? origin.preset);
  if (fits(preset)) return preset;
  if (fitting.length === 0) {
    throw new InvalidInputError(
      'invalid_file',
      `The observations were made with ${encoders.join(', ') || 'unknown models'}, whose embeddings no preset clusters; observe the recording again.`,
    );
  }
  if (asked === undefined) return fitting[0]!;
  const names = fitting.map(({ name }) => name).join(', ');
  throw new InvalidInputError(
    'invalid_option',
    `The preset ${preset.name} clusters embeddings of ${preset.embeddingModel}; these observations hold others, for which ${names} can be chosen.`,
    { details: { option: 'preset' } },
  );
}
