import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A WAV file encoded by ffmpeg; `extension` chooses the container, `options` the codec. */
export function encodeAudio(wav: Uint8Array, extension: string, ...options: readonly string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-test-'));
  try {
    const output = join(folder, `encoded.${extension}`);
    writeFileSync(join(folder, 'input.wav'), wav);
    const args = ['-v', 'error', '-nostdin', '-i', join(folder, 'input.wav'), ...options, output];
    execFileSync('ffmpeg', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
