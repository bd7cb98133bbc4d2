/**
 * The options of every task. All are optional: what is left out is decided by the worker's preset.
 */
import * as z from 'zod';
import { ATTRIBUTIONS } from '../../core/result/attributions.ts';
import { audioFields } from './audio-options.ts';
import { LANGUAGE_TAG } from '../../core/text/language-tag.ts';
import { sampleFields } from './sample-options.ts';
import { SPEAKER_BOUNDS_ERROR, diarizeFields, modelName, speakerBoundsAgree } from './speaker-options.ts';
import { decisionFields, voiceSchema, MAX_VOICES } from './voice.ts';

/** An id of the manifest, and never a path. */
const modelId = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, 'expected the id of a model: a-z 0-9 . -');

const LANGUAGE = new RegExp(`^(auto|mixed|${LANGUAGE_TAG.source.slice(1, -1)})$`);
const seconds = z.number().min(0);

/** A part of a recording; `endSeconds` left out means its end. */
export const timeRangeSchema = z
  .strictObject({ startSeconds: seconds, endSeconds: seconds.exactOptional() })
  .refine(({ startSeconds, endSeconds }) => endSeconds === undefined || endSeconds > startSeconds, {
    path: ['endSeconds'],
    error: 'expected endSeconds above startSeconds',
  });

const channel = z
  .union([z.literal('mix'), z.int().min(0).max(31)])
  .describe('All channels mixed, or one channel by number from 0.');

/** Options of `diarize`. */
export const diarizeOptionsSchema = z
  .strictObject({
    ...audioFields,
    ...diarizeFields,
    channel: channel.exactOptional(),
    includeEmbeddings: z
      .boolean()
      .exactOptional()
      .describe('Return one embedding a speaker (biometric data).'),
    voices: z
      .array(voiceSchema)
      .min(1)
      .max(MAX_VOICES)
      .exactOptional()
      .describe('Known voices; their names replace labels.'),
    ...decisionFields,
  })
  .refine(speakerBoundsAgree, SPEAKER_BOUNDS_ERROR);

/** Options of `transcribe`. */
export const transcribeOptionsSchema = z
  .strictObject({
    ...audioFields,
    ...diarizeFields,
    model: modelName
      .exactOptional()
      .describe('Recogniser by name, as `moonshine-tiny`; by language where absent.'),
    language: z
      .string()
      .regex(LANGUAGE, 'expected auto, mixed or a language code as en')
      .exactOptional()
      .describe('A code as en; auto finds it out once, mixed for every part.'),
    translate: z.boolean().exactOptional().describe('Translate to English, where the recogniser can.'),
    diarize: z.boolean().exactOptional().describe('Attribute words to speakers; on unless false.'),
    wordTimestamps: z.boolean().exactOptional(),
    pauseThresholdSeconds: z
      .number()
      .min(0)
      .max(60)
      .exactOptional()
      .describe('Shorter pauses are not listed.'),
    channels: z
      .enum(['mix', 'split', 'auto'])
      .exactOptional()
      .describe('One speaker a channel, or all mixed.'),
    clips: z.array(timeRangeSchema).min(1).max(1000).exactOptional().describe('Only these parts.'),
    prompt: z
      .string()
      .max(2000)
      .exactOptional()
      .describe('Words to expect, where the recogniser can use them.'),
    align: modelId
      .exactOptional()
      .describe('Times words anew from sound and text: a model for forced alignment by id.'),
    attribution: z
      .enum(ATTRIBUTIONS)
      .exactOptional()
      .describe('How words find their speaker; overlap unless given, the others as those systems do.'),
    speakerNames: z
      .record(z.string().max(128), z.string().min(1).max(128))
      .exactOptional()
      .describe('New name by label.'),
  })
  .refine(speakerBoundsAgree, SPEAKER_BOUNDS_ERROR);

/** Options of `embed`. */
export const embedOptionsSchema = z.strictObject({
  ...sampleFields,
  range: timeRangeSchema.exactOptional(),
  normalize: z.boolean().exactOptional().describe('Unit length; on unless false.'),
  includeWindows: z.boolean().exactOptional().describe('Also one embedding a window.'),
});

/** Options of `compare`: exactly two recordings. */
export const compareOptionsSchema = z.strictObject({ ...sampleFields, ...decisionFields });

/** Options of `verify`: is the recording spoken by this voice? */
export const verifyOptionsSchema = z.strictObject({
  ...sampleFields,
  range: timeRangeSchema.exactOptional(),
  voice: voiceSchema,
  ...decisionFields,
});

/** Options of `identify`: which of these voices is it, if any? */
export const identifyOptionsSchema = z.strictObject({
  ...sampleFields,
  range: timeRangeSchema.exactOptional(),
  voices: z.array(voiceSchema).min(1).max(MAX_VOICES),
  minMargin: z
    .number()
    .min(0)
    .exactOptional()
    .describe('Least lead over the second voice, on the scale of the threshold.'),
  ...decisionFields,
});

/** Options of `detect-speech`. */
export const detectSpeechOptionsSchema = z.strictObject({
  ...audioFields,
  model: modelName.exactOptional(),
  threshold: z.number().min(0).max(1).exactOptional().describe('Probability from which a frame is speech.'),
  minSpeechSeconds: z.number().min(0).max(60).exactOptional(),
  minSilenceSeconds: z.number().min(0).max(60).exactOptional(),
  paddingSeconds: z.number().min(0).max(10).exactOptional(),
  includeProbabilities: z.boolean().exactOptional(),
});

/** Options of `loudness`. */
export const loudnessOptionsSchema = z.strictObject({
  ...audioFields,
  range: timeRangeSchema.exactOptional(),
});
