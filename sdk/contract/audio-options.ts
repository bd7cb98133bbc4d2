import * as z from 'zod';

/** Fields of every task that reads recordings. */
export const audioFields = {
  audioTrack: z
    .int()
    .min(0)
    .max(99)
    .exactOptional()
    .describe('One audio track of several, by number from 0; the default track where it is left out.'),
} as const;
