import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wavBytes } from './wav-bytes.ts';

/** Two people in turn; where each speaks alone is in samples/two-speakers.rttm. */
export const TWO_SPEAKERS = join(import.meta.dirname, '../../samples/two-speakers.wav');

const samples = readFileSync(TWO_SPEAKERS).subarray(44);

/** Where the two people of the sample speak alone, in seconds. */
export const ALONE = {
  ana: [
    [25.7, 40.8],
    [69.3, 85],
    [56, 61.2],
  ],
  ben: [
    [14.2, 24.8],
    [62.3, 68.9],
    [8.1, 13.1],
  ],
} as const;

/** A WAV file in this folder with what one of them says alone. */
export function voiceFile(folder: string, who: keyof typeof ALONE, index: 0 | 1 | 2): string {
  const [from, to] = ALONE[who][index];
  const path = join(folder, `${who}-${index}.wav`);
  const data = samples.subarray(2 * Math.round(from * 16_000), 2 * Math.round(to * 16_000));
  writeFileSync(path, wavBytes({ data }));
  return path;
}
