/** How much audio there is in recordings that nobody has opened, and what it will take. */
import type { BatchItem } from '../../batch/items/batch-item.ts';

/** Bytes of a second of sound, by ending: usual rates of recorders and phones; uncompressed files vary most. */
const BYTES_PER_SECOND: Readonly<Record<string, number>> = {
  wav: 32_000,
  aiff: 88_200,
  flac: 20_000,
  mp3: 16_000,
  m4a: 12_000,
  ogg: 8_000,
  opus: 4_000,
  webm: 6_000,
  mp4: 150_000,
  mov: 500_000,
  mkv: 250_000,
};
const OTHER_BYTES_PER_SECOND = 16_000;

/** Transcription with speakers on two cores; bench/README.md has the measured figure. */
const TIMES_REAL_TIME = 25;

export function estimateOf() {
  let [items, audioSeconds] = [0, 0];
  return {
    add: ({ object: { key, sizeBytes } }: BatchItem): void => {
      const ending = key.slice(key.lastIndexOf('.') + 1).toLowerCase();
      items += 1;
      audioSeconds += sizeBytes / (BYTES_PER_SECOND[ending] ?? OTHER_BYTES_PER_SECOND);
    },
    sum: () => ({ items, audioSeconds, computeSeconds: audioSeconds / TIMES_REAL_TIME }),
  };
}
