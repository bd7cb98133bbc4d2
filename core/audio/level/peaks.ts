import type { AudioBlocks } from '../waveform.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';

/** Full scale as peaks count it. */
export const PEAK_SCALE = 127;

/**
 * What a drawing of a recording needs: the least and the largest sample of each stretch of time.
 *
 * @param perSecond stretches a second; divides the sample rate
 * @returns pairs least, largest, each × 127 and rounded to nearest, clipped at full scale; the last stretch may be shorter
 */
export async function measurePeaks(
  blocks: AudioBlocks,
  perSecond: number,
  onSeconds: (seconds: number) => void = () => undefined,
): Promise<Int8Array> {
  const stretch = Math.round(SAMPLE_RATE / perSecond);
  const pairs: number[] = [];
  let [least, largest, filled, samples] = [0, 0, 0, 0];
  const close = (): void => {
    pairs.push(scaled(least), scaled(largest));
    [least, largest, filled] = [0, 0, 0];
  };
  for await (const block of blocks) {
    for (let i = 0; i < block.length; i++) {
      const sample = block[i]!;
      if (sample < least) least = sample;
      else if (sample > largest) largest = sample;
      if (++filled === stretch) close();
    }
    samples += block.length;
    onSeconds(samples / SAMPLE_RATE);
  }
  if (filled > 0) close();
  return Int8Array.from(pairs);
}

function scaled(sample: number): number {
  return Math.round(Math.max(-1, Math.min(1, sample)) * PEAK_SCALE);
}
