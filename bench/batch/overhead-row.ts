/** What a batch costs beyond the plain command over the same recordings. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../support/row.ts';

const ROOT = join(import.meta.dirname, '..');
const COUNT = 40;
const SECONDS = 10;

/** Processor seconds of a command and its children; wall time means nothing on a busy machine. */
function processorSeconds(args: readonly string[]): number {
  const script = `const { spawnSync } = require('node:child_process');
const run = spawnSync(process.execPath, ${JSON.stringify([join(ROOT, 'dist/cli.js'), ...args])}, { stdio: ['ignore', 'ignore', 'inherit'] });
if (run.status !== 0) process.exit(1);
console.log(require('node:fs').readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').slice(13, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / 100);`;
  const { stdout, status } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error('The command of the benchmark failed.');
  return Number(stdout);
}

/** "40 recordings with --jobs 1 take at most 1.05 × one transcribe over all of them". */
export function overhead(): Row {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-bench-'));
  const source = join(folder, 'in');
  mkdirSync(source);
  const library = readFileSync(join(ROOT, 'samples/library.wav'));
  const bytes = SECONDS * 32_000;
  const head = Buffer.from(library.subarray(0, 44));
  head.writeUInt32LE(bytes + 36, 4);
  head.writeUInt32LE(bytes, 40);
  const paths = Array.from({ length: COUNT }, (_, number) => join(source, `${number}.wav`));
  for (const [number, path] of paths.entries()) {
    const start = 44 + number * 32_000;
    writeFileSync(path, Buffer.concat([head, library.subarray(start, start + bytes)]));
  }
  try {
    const plain = processorSeconds([
      'transcribe',
      ...paths,
      '--output',
      join(folder, 'plain/'),
      '--format',
      'json',
      '--progress',
      'none',
    ]);
    const batch = processorSeconds([
      'batch',
      'run',
      source,
      '--to',
      join(folder, 'batch'),
      '--jobs',
      '1',
      '--format',
      'json',
      '--progress',
      'none',
    ]);
    return {
      what: `${COUNT} recordings of ${SECONDS} s by batch --jobs 1 against one transcribe of all of them (processor)`,
      target: '≤ 1.05 ×',
      measured: `${(batch / plain).toFixed(3)} × (${batch.toFixed(1)} s against ${plain.toFixed(1)} s)`,
      met: batch / plain <= 1.05,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
