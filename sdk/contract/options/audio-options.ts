import * as z from 'zod';

/** Fields of every task that reads recordings. */
export const audioFields = {
  audioTrack: z
    .int()
    .min(0)
    .max(99)
    .exactOptional()
    .describe('One audio track of several, by number from 0. Default: the default track of the file.'),
} as const;

/** Of tasks that hear one voice or one signal at a time; transcription has `channels`, loudness is of all together. */
export const channelField = {
  channel: z
    .union([z.literal('mix'), z.int().min(0).max(31)])
    .exactOptional()
    .describe('All channels mixed, or one channel by number from 0. Default: mix.'),
} as const;
