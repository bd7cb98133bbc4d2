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
  const made = scalesOf(origin.preset);
  const fits = (preset: DiarizationPreset): boolean =>
    encoders.includes(preset.embeddingModel) && scalesOf(preset.name) === made;
  const fitting = Object.values(DIARIZATION_PRESETS).filter(fits);
  const preset = findPreset(asked ?? origin.preset);
  if (fits(preset)) return preset;
  if (asked !== undefined && made !== scalesOf(asked)) throw otherScales(origin.preset, asked);
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

/** Where a preset has its segments: presets of the same scales and rules take one another's observations. */
function scalesOf(presetName: string): string {
  const { encoder } = findPreset(presetName);
  return encoder.kind === 'scales' ? JSON.stringify(encoder.rules) : '';
}

function otherScales(made: string, asked: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `The preset ${asked} clusters other pieces of a recording than ${made}, with which these observations were made; observe it anew with --preset ${asked}.`,
    { details: { option: 'preset' } },
  );
}
