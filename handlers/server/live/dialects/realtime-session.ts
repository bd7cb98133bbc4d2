/**
 * What a client of OpenAI's Realtime transcription says, in our words.
 *
 * @see https://platform.openai.com/docs/guides/realtime-transcription
 */
import * as z from 'zod';
import type { LiveStartParsed } from '../../../../sdk/live/client-message.ts';
import { liveStartSchema } from '../../../../sdk/live/client-message.ts';

const formatSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('audio/pcm'), rate: z.int().min(8_000).max(48_000).default(24_000) }),
  z.object({ type: z.literal('audio/pcmu') }),
  z.object({ type: z.literal('audio/pcma') }),
]);

const detectionSchema = z
  .object({
    type: z.string().default('server_vad'),
    threshold: z.number().optional(),
    prefix_padding_ms: z.number().optional(),
    silence_duration_ms: z.number().min(100).max(30_000).optional(),
  })
  .nullable();

/** The session of `session.update`: members that mean nothing here are taken and left alone. */
export const realtimeSessionSchema = z.object({
  type: z.literal('transcription'),
  audio: z
    .object({
      input: z
        .object({
          format: formatSchema.default({ type: 'audio/pcm', rate: 24_000 }),
          transcription: z
            .object({
              model: z.string().max(128).optional(),
              language: z
                .string()
                .regex(/^[a-z]{2}(-[A-Za-z0-9]+)*$/, 'expected a language as en')
                .nullish(),
              prompt: z.string().max(10_000).nullish(),
            })
            .nullish(),
          noise_reduction: z.unknown().optional(),
          turn_detection: detectionSchema.optional(),
        })
        .prefault({}),
    })
    .prefault({}),
  include: z.array(z.string().max(100)).max(10).nullish(),
});

export type RealtimeSession = z.output<typeof realtimeSessionSchema>;

export const DEFAULT_SESSION: RealtimeSession = realtimeSessionSchema.parse({ type: 'transcription' });

export const realtimeMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('session.update'),
    event_id: z.string().max(512).optional(),
    session: z.unknown(),
  }),
  z.object({
    type: z.literal('input_audio_buffer.append'),
    event_id: z.string().max(512).optional(),
    audio: z.string(),
  }),
  z.object({ type: z.literal('input_audio_buffer.commit'), event_id: z.string().max(512).optional() }),
  z.object({ type: z.literal('input_audio_buffer.clear'), event_id: z.string().max(512).optional() }),
]);

/** A live session for it. */
export function liveStartOf(
  { audio: { input } }: RealtimeSession,
  models: readonly string[],
): LiveStartParsed {
  const { format, transcription, turn_detection: detection } = input;
  const encoding = { 'audio/pcm': 's16le', 'audio/pcmu': 'mulaw', 'audio/pcma': 'alaw' }[format.type];
  const silence = detection?.silence_duration_ms;
  const { model, language } = transcription ?? {};
  return liveStartSchema.parse({
    type: 'start',
    audio: { encoding, sampleRate: format.type === 'audio/pcm' ? format.rate : 8_000, channels: 1 },
    // Names of other services' models mean the default here, as everywhere.
    ...(model !== undefined && models.includes(model) ? { model } : {}),
    ...(language === undefined || language === null ? {} : { language }),
    ...(silence === undefined ? {} : { endpointSilenceSeconds: silence / 1000 }),
  });
}
