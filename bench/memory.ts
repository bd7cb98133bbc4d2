/**
 * Hours of audio through the command: time against one hour, and the largest resident memory of all its processes. Ten
 * unless `COLLOQUY_BENCH_HOURS` says otherwise.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { longWav } from './support/long-recording.ts';
import { scratch } from './support/recordings.ts';
import type { Benchmark, Row } from './support/row.ts';

const root = join(import.meta.dirname, '..');
const HOURS = Number(process.env.COLLOQUY_BENCH_HOURS ?? 10);

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

const OPTIONS = ['--progress', 'none', '--provider', 'cpu'];
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;

async function measureDiarization(): Promise<Row[]> {
  const args = (hours: number) => ['diarize', longWav(hours), '--format', 'rttm', ...OPTIONS];
  const one = await watch(args(1));
  const many = await watch(args(HOURS));
  const ratio = many.seconds / one.seconds;
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

async function measureTranscription(): Promise<Row[]> {
  const folder = join(scratch, 'long-transcript');
  const args = (hours: number) => [
    'transcribe',
    longWav(hours),
    '--format',
    'json,srt',
    '--output',
    folder,
    ...OPTIONS,
  ];
  const one = await watch(args(1));
  const many = await watch(args(HOURS));
  rmSync(folder, { recursive: true, force: true });
  return [
    {
      what: `colloquy transcribe with speakers, ${HOURS} h: peak resident memory of all its processes`,
      target: '< 1.8 GB',
      measured: `${gigabytes(many.peakBytes)} (1 h: ${gigabytes(one.peakBytes)}); ${many.seconds.toFixed(0)} s against ${one.seconds.toFixed(0)} s`,
      met: many.peakBytes < 1.8e9,
    },
  ];
}

export const memory: Benchmark = { name: 'memory', measure: measureDiarization };
export const transcriptionMemory: Benchmark = { name: 'transcribe-memory', measure: measureTranscription };
