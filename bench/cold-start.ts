/** From the shell to a result: ten seconds of audio with built files. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { scratch, wavOf } from './support/recordings.ts';
import { median, type Benchmark, type Row } from './support/row.ts';

const ROUNDS = 9;

function seconds(args: readonly string[]): number {
  const started = performance.now();
  execFileSync(process.execPath, [join(import.meta.dirname, '../dist/cli.js'), ...args], { stdio: 'ignore' });
  return (performance.now() - started) / 1000;
}

function measure(): Promise<Row[]> {
  const path = join(scratch, 'ten-seconds.wav');
  if (!existsSync(path)) {
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', wavOf('five-speakers'), '-t', '10', path]);
  }
  const runs = Array.from({ length: ROUNDS }, () => seconds(['diarize', path, '--format', 'json']));
  const help = Array.from({ length: ROUNDS }, () => seconds(['--version']));
  return Promise.resolve([
    {
      what: `colloquy diarize of 10 s of audio, shell to result (median of ${ROUNDS})`,
      target: '≤ 0.45 s',
      measured: `${median(runs).toFixed(2)} s (${Math.min(...runs).toFixed(2)}–${Math.max(...runs).toFixed(2)}); colloquy --version ${median(help).toFixed(2)} s`,
      met: median(runs) <= 0.45,
    },
  ]);
}

export const coldStart: Benchmark = { name: 'cold-start', measure };
