/** Test 26 of the reliability list (B4 in issue 10): small files that claim, or become, far too much. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openAudio } from '../../core/audio/decode.ts';
import { isSpeechError } from '../../core/errors.ts';
import { childProcesses } from '../support/child-processes.ts';
import { streamOf } from '../support/byte-streams.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { wavBytes } from '../support/wav-bytes.ts';

const MOST_MORE_BYTES = 200 * 2 ** 20;
const limits = { maxDurationSeconds: 600 };

/** An hour of silence in few bytes; `isStream` leaves its length out of the header. */
function hourOfFlac(isStream: boolean): Uint8Array {
  const path = join(temporaryFolder(), 'hour.flac');
  const source = ['-f', 'lavfi', '-i', 'anullsrc=r=8000:cl=mono', '-t', '3600'];
  const target = isStream ? ['-f', 'flac', 'pipe:1'] : [path];
  const piped = execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...source, ...target], {
    maxBuffer: 2 ** 26,
  });
  return isStream ? piped : readFileSync(path);
}

const data = new Uint8Array(32_000);
it.each<[string, () => Uint8Array, string]>([
  ['1 Hz', () => wavBytes({ sampleRate: 1, data }), 'unsupported_audio'],
  ['65,535 channels', () => wavBytes({ channels: 65_535, data }), 'unsupported_audio'],
  ['a claim of 4 GB', () => wavBytes({ data, dataSize: 0xffff_ff00 }), 'samples'],
  ['an hour where ten minutes are the most', () => hourOfFlac(false), 'audio_too_long'],
  ['the same without a length', () => hourOfFlac(true), 'audio_too_long'],
  ['100 MB of zeros, packed', () => gzipSync(new Uint8Array(100_000_000)), 'unsupported_audio'],
  ['100 MB of zeros', () => new Uint8Array(100_000_000), 'unsupported_audio'],
])('26: %s is refused or capped, in little memory', async (_, make, expected) => {
  const bytes = make();
  const before = process.memoryUsage.rss();
  let most = before;
  let outcome = 'samples';
  try {
    const { blocks } = await openAudio({ stream: streamOf(bytes, [65_536]) }, { limits });
    for await (const block of blocks) {
      expect(block.length).toBeLessThanOrEqual(16_000);
      most = Math.max(most, process.memoryUsage.rss());
    }
  } catch (error) {
    outcome = isSpeechError(error) ? error.code : String(error);
  }
  most = Math.max(most, process.memoryUsage.rss());
  expect(outcome).toBe(expected);
  expect(most - before).toBeLessThan(MOST_MORE_BYTES);
  expect(childProcesses()).toEqual([]);
});
