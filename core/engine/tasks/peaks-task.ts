import { measurePeaks } from '../../audio/level/peaks.ts';
import type { TaskContext } from './task.ts';

/** Stretches a second: 20 draw a word as something to aim at, and an hour as 144 kB. */
export type PeaksInput = { readonly perSecond: number };

/** Pairs least, largest of each stretch, full scale 127. */
export type Peaks = { readonly pairs: Int8Array };

/** What a drawing of the recording needs. */
export async function peaksOf({ perSecond }: PeaksInput, context: TaskContext): Promise<Peaks> {
  const { blocks, expectedSeconds, close } = await context.openAudio();
  try {
    const pairs = await measurePeaks(blocks, perSecond, (done) =>
      context.progress({ stage: 'decode', done, total: expectedSeconds ?? null }),
    );
    return { pairs };
  } finally {
    await close();
  }
}
