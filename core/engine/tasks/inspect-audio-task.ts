import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { TaskContext } from './task.ts';

/** What a recording turns out to be once all of it was read. */
export type AudioFacts = {
  readonly durationSeconds: number;
  readonly sourceSampleRate: number;
  readonly sourceChannels: number;
  /** Largest |sample| after mixing; 0 is digital silence. */
  readonly peak: number;
};

/** Reads a recording to its end: the cheapest way to learn whether it can be processed, and how long it is. */
export async function inspectAudio(_input: object, context: TaskContext): Promise<AudioFacts> {
  const source = await context.openAudio();
  const { sourceSampleRate, sourceChannels, expectedSeconds } = source;
  let sampleCount = 0;
  let peak = 0;
  try {
    for await (const block of source.blocks) {
      for (let i = 0; i < block.length; i++) peak = Math.max(peak, Math.abs(block[i]!));
      sampleCount += block.length;
      const done = samplesToSeconds(sampleCount);
      context.progress({ stage: 'decode', done, total: expectedSeconds ?? null });
    }
  } finally {
    await source.close();
  }
  return { durationSeconds: samplesToSeconds(sampleCount), sourceSampleRate, sourceChannels, peak };
}
