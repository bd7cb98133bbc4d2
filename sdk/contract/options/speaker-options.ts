import * as z from 'zod';
import { PRESET_NAME, presetFileSchema } from '../../../core/result/preset-file.ts';

/** More speakers than any recording holds; a larger number is a mistake of the caller. */
export const MAX_SPEAKERS = 1000;

/** Names of models and presets: what the manifest of the worker knows. */
export const modelName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/, 'expected a name of up to 128 of A-Z a-z 0-9 . _ / -');

const presetName = z
  .string()
  .regex(
    PRESET_NAME,
    'expected a name of up to 128 of A-Z a-z 0-9 . _ / -, with ?setting=value where settings differ',
  );

const speakerCount = z.int().min(1).max(MAX_SPEAKERS);

/** Fields of diarization, shared by `diarize` and `transcribe`. */
export const diarizeFields = {
  preset: z
    .union([presetName, presetFileSchema])
    .exactOptional()
    .describe(
      'Models and thresholds by name, or the contents of a preset file. Default: embedded; with voices the one that they fit.',
    ),
  numSpeakers: speakerCount.exactOptional().describe('Exactly this many speakers. Default: estimated.'),
  minSpeakers: speakerCount.exactOptional().describe('At least this many speakers. Default: 1.'),
  maxSpeakers: speakerCount
    .exactOptional()
    .describe('At most this many speakers. Default: as many as are found.'),
  minDurationSeconds: z
    .number()
    .min(0)
    .max(60)
    .exactOptional()
    .describe('Shorter turns are dropped. Default: 0 s, unless the preset says otherwise.'),
} as const;

type SpeakerBounds = {
  readonly numSpeakers?: number | undefined;
  readonly minSpeakers?: number | undefined;
  readonly maxSpeakers?: number | undefined;
};

/** False for bounds that contradict each other: no recording can meet them. */
export function speakerBoundsAgree({ numSpeakers, minSpeakers, maxSpeakers }: SpeakerBounds): boolean {
  if (numSpeakers !== undefined && (minSpeakers !== undefined || maxSpeakers !== undefined)) return false;
  return minSpeakers === undefined || maxSpeakers === undefined || minSpeakers <= maxSpeakers;
}

/** Message and place of the error of `speakerBoundsAgree`. */
export const SPEAKER_BOUNDS_ERROR = {
  path: ['numSpeakers'],
  error: 'expected numSpeakers alone, or minSpeakers not above maxSpeakers',
};
