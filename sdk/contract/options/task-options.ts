/**
 * The options of every task. All are optional: what is left out is decided by the worker's preset.
 */
import * as z from 'zod';
import { ATTRIBUTIONS } from '../../../core/result/attributions.ts';
import { audioFields, channelField } from './audio-options.ts';
import { LANGUAGE_TAG } from '../../../core/text/language-tag.ts';
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

const range = timeRangeSchema.describe('The part that is heard. Default: the whole recording.');

/** Voices by which speakers are named. */
const knownVoices = {
  voices: z
    .array(voiceSchema)
    .min(1)
    .max(MAX_VOICES)
    .exactOptional()
    .describe('Known voices; their names replace labels. Default: none.'),
  ...decisionFields,
} as const;

/** Options of `diarize`. */
export const diarizeOptionsSchema = z
  .strictObject({
    ...audioFields,
    ...diarizeFields,
    ...channelField,
    includeEmbeddings: z
      .boolean()
      .exactOptional()
      .describe('Return one embedding a speaker (biometric data). Default: false.'),
    ...knownVoices,
  })
  .refine(speakerBoundsAgree, SPEAKER_BOUNDS_ERROR);

/** Options of `transcribe`. */
export const transcribeOptionsSchema = z
  .strictObject({
    ...audioFields,
    ...diarizeFields,
    model: modelName
      .exactOptional()
      .describe('Recogniser by name, as `moonshine-tiny`. Default: by language.'),
    language: z
      .string()
      .regex(LANGUAGE, 'expected auto, mixed or a language code as en')
      .exactOptional()
      .describe('A code as en; auto finds it out once, mixed for every part. Default: auto.'),
    translate: z
      .boolean()
      .exactOptional()
      .describe('Translate to English, where the recogniser can. Default: false.'),
    diarize: z.boolean().exactOptional().describe('Attribute words to speakers. Default: true.'),
    wordTimestamps: z.boolean().exactOptional().describe('Time every word. Default: true.'),
    pauseThresholdSeconds: z
      .number()
      .min(0)
      .max(60)
      .exactOptional()
      .describe('Shorter pauses are not listed. Default: 0.5 s.'),
    channels: z
      .enum(['mix', 'split', 'auto'])
      .exactOptional()
      .describe('One speaker a channel (split), all mixed (mix), or found out (auto). Default: auto.'),
    clips: z
      .array(timeRangeSchema)
      .min(1)
      .max(1000)
      .exactOptional()
      .describe('Only these parts. Default: everything.'),
    prompt: z
      .string()
      .max(2000)
      .exactOptional()
      .describe('Words to expect, where the recogniser can use them. Default: none.'),
    align: modelId
      .exactOptional()
      .describe(
        'Times words anew from sound and text: a model for forced alignment by id. Default: the times of the recogniser.',
      ),
    attribution: z
      .enum(ATTRIBUTIONS)
      .exactOptional()
      .describe(
        'How words find their speaker: by most of their time (overlap), or as other systems do. Default: overlap.',
      ),
    speakerNames: z
      .record(z.string().max(128), z.string().min(1).max(128))
      .exactOptional()
      .describe('New name by label. Default: labels alone.'),
    ...knownVoices,
  })
  .refine(speakerBoundsAgree, SPEAKER_BOUNDS_ERROR);

/** Options of `embed`. */
export const embedOptionsSchema = z.strictObject({
  ...sampleFields,
  range: range.exactOptional(),
  normalize: z.boolean().exactOptional().describe('Unit length. Default: true.'),
  includeWindows: z.boolean().exactOptional().describe('Also one embedding a window. Default: false.'),
});

/** Options of `compare`: exactly two recordings. */
export const compareOptionsSchema = z.strictObject({ ...sampleFields, ...decisionFields });

/** Options of `verify`: is the recording spoken by this voice? */
export const verifyOptionsSchema = z.strictObject({
  ...sampleFields,
  range: range.exactOptional(),
  voice: voiceSchema,
  ...decisionFields,
});

/** Options of `identify`: which of these voices is it, if any? */
export const identifyOptionsSchema = z.strictObject({
  ...sampleFields,
  range: range.exactOptional(),
  voices: z.array(voiceSchema).min(1).max(MAX_VOICES),
  minMargin: z
    .number()
    .min(0)
    .exactOptional()
    .describe('Least lead over the second voice, on the scale of the threshold. Default: 0.'),
  maxCandidates: z
    .int()
    .min(1)
    .max(MAX_VOICES)
    .exactOptional()
    .describe('How many candidates are listed. Default: 10.'),
  ...decisionFields,
});

/** Options of `detect-speech`. */
export const detectSpeechOptionsSchema = z.strictObject({
  ...audioFields,
  ...channelField,
  model: modelName.exactOptional().describe('Detector by name. Default: silero-vad.'),
  threshold: z
    .number()
    .min(0)
    .max(1)
    .exactOptional()
    .describe('Probability from which a frame is speech. Default: 0.5.'),
  minSpeechSeconds: z
    .number()
    .min(0)
    .max(60)
    .exactOptional()
    .describe('Shorter speech is dropped. Default: 0.25 s.'),
  minSilenceSeconds: z
    .number()
    .min(0)
    .max(60)
    .exactOptional()
    .describe('Speech goes on over shorter silences. Default: 0.1 s.'),
  paddingSeconds: z
    .number()
    .min(0)
    .max(10)
    .exactOptional()
    .describe('Added on both sides, up to half of a silence. Default: 0.03 s.'),
  includeProbabilities: z
    .boolean()
    .exactOptional()
    .describe('Also the probability of every 512 samples. Default: false.'),
});

/** Options of `loudness`. */
export const loudnessOptionsSchema = z.strictObject({
  ...audioFields,
  range: range.exactOptional(),
});
