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
