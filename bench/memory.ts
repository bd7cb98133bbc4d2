/**
 * Hours of audio through the command: time against one hour, and the largest resident memory of all its processes. Ten
 * unless `COLLOQUY_BENCH_HOURS` says otherwise.
 */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { scratch, wavOf } from './support/recordings.ts';
import type { Benchmark, Row } from './support/row.ts';

const root = join(import.meta.dirname, '..');
const HOURS = Number(process.env.COLLOQUY_BENCH_HOURS ?? 10);
const SAMPLE_BYTES = 2;
const RATE = 16_000;

/** A WAV of so many hours: the conversation with five speakers again and again. */
function longWav(hours: number): string {
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

/** Resident memory of a process and of all its descendants now, in bytes. */
function residentBytes(processId: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${processId}/statm`, 'utf8').split(' ')[1]);
    const children = readdirSync(`/proc/${processId}/task`).flatMap((thread) =>
      readFileSync(`/proc/${processId}/task/${thread}/children`, 'utf8').trim().split(' ').filter(Boolean),
    );
    return children.reduce((sum, child) => sum + residentBytes(Number(child)), pages * 4096);
  } catch {
    return 0;
  }
}

/** Runs a command of colloquy, watching its processes ten times a second. */
export async function watch(args: readonly string[]): Promise<{ seconds: number; peakBytes: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist/cli.js'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(child.pid!));
  }, 100);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`colloquy ${args.join(' ')} exited with ${String(code)}.`);
  return { seconds: (performance.now() - started) / 1000, peakBytes };
}

async function measure(): Promise<Row[]> {
  const args = (hours: number): string[] => [
    'diarize',
    longWav(hours),
    '--format',
    'rttm',
    '--progress',
    'none',
    '--provider',
    'cpu',
  ];
  const one = await watch(args(1));
  const many = await watch(args(HOURS));
  const ratio = many.seconds / one.seconds;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
  return [
    {
      what: `colloquy diarize, ${HOURS} h: peak resident memory of all its processes`,
      target: '< 1.5 GB',
      measured: `${gigabytes(many.peakBytes)} (1 h: ${gigabytes(one.peakBytes)})`,
      met: many.peakBytes < 1.5e9,
    },
    {
      what: `colloquy diarize, ${HOURS} h against 1 h`,
      target: `≤ ${(1.05 * HOURS).toFixed(1)} ×`,
      measured: `${ratio.toFixed(2)} × (${many.seconds.toFixed(0)} s against ${one.seconds.toFixed(0)} s)`,
      met: ratio <= 1.05 * HOURS,
    },
  ];
}

export const memory: Benchmark = { name: 'memory', measure };
