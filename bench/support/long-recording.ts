import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { scratch, wavOf } from './recordings.ts';

const SAMPLE_BYTES = 2;
const RATE = 16_000;

/** A WAV of so many hours: the conversation with five speakers again and again. */
export function longWav(hours: number): string {
  const path = join(scratch, `five-speakers-${hours}h.wav`);
  if (existsSync(path)) return path;
  const source = readFileSync(wavOf('five-speakers'));
  const data = source.subarray(source.indexOf('data') + 8);
  const dataBytes = hours * 3600 * RATE * SAMPLE_BYTES;
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + dataBytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * SAMPLE_BYTES, 28);
  header.writeUInt16LE(SAMPLE_BYTES, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(dataBytes, 40);
  const file = openSync(path, 'w');
  writeSync(file, header);
  for (let written = 0; written < dataBytes; written += data.length) {
    writeSync(file, data.subarray(0, Math.min(data.length, dataBytes - written)));
  }
  closeSync(file);
  return path;
}
