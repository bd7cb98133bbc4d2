import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRttm } from '../../core/formats/annotations/rttm.ts';
import type { Turn } from '../../core/timeline/turns.ts';
import { sharedFolder } from '../../test/support/shared.ts';

export const AMI = ['dev00', 'dev01', 'trn01', 'trn02', 'trn03', 'trn04', 'trn05', 'trn06'];
export const CONVERSATIONS = ['two-speakers', 'three-speakers-overlap', 'five-speakers'];
const FOLDERS = ['ami-excerpts', 'conversations', 'speech', 'spoken'];

/** Path of a recording of the shared folder. */
export function recordingPath(name: string): string {
  const candidates = FOLDERS.flatMap((folder) =>
    ['wav', 'flac'].map((type) => join(sharedFolder, 'data', folder, `${name}.${type}`)),
  );
  const path = candidates.find(existsSync);
  if (path === undefined)
    throw new Error(`${name} is missing; set COLLOQUY_SHARED to the folder that holds data/.`);
  return path;
}

export function referenceOf(name: string): Turn[] {
  const text = readFileSync(recordingPath(name).replace(/\.\w+$/, '.rttm'), 'utf8');
  return [...readRttm(text).values()].flat();
}

export const scratch = join(tmpdir(), 'colloquy-bench');
mkdirSync(scratch, { recursive: true });

/** The recording as 16 kHz mono WAV, so that no ffmpeg takes part in a measurement. */
export function wavOf(name: string): string {
  const path = join(scratch, `${name}.wav`);
  if (!existsSync(path)) {
    execFileSync('ffmpeg', [
      '-v',
      'error',
      '-y',
      '-i',
      recordingPath(name),
      '-ac',
      '1',
      '-ar',
      '16000',
      path,
    ]);
  }
  return path;
}
