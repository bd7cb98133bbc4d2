/** A preset in a file: another one with some settings of its own. Written by `colloquy tune --apply`, taken wherever a preset is. */
import * as z from 'zod';

/** Version of the file. */
export const PRESET_FILE_VERSION = 1;

/** Name of a preset, of an encoder behind it, and settings that differ: `embedded?clustering.threshold=0.7`. */
export const PRESET_NAME = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}(\?[A-Za-z0-9._+=&-]{1,1000})?$/;

const setting = z.union([z.number(), z.boolean(), z.string().regex(/^[A-Za-z0-9._-]{1,100}$/)]);

/** The contents of a preset file. Of the recordings it was tuned on it holds counts alone: names can be personal. */
export const presetFileSchema = z.strictObject({
  schemaVersion: z.literal(PRESET_FILE_VERSION),
  base: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/, 'expected the name of a preset'),
  resolution: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9.]{0,99}$/), setting)
    .describe('Settings by path, as clustering.threshold; what is left out is that of the base.'),
  tuned: z
    .strictObject({
      metric: z.string().max(50),
      recordings: z.int().min(1),
      trials: z.int().min(1),
      gain: z.number(),
      validationGain: z.number().exactOptional(),
      date: z.string().max(40),
    })
    .exactOptional()
    .describe('How the settings were found; gains are of the metric.'),
});
export type PresetFile = z.infer<typeof presetFileSchema>;
