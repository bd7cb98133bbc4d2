import { execFileSync } from 'node:child_process';

/** All samples of an audio file, interleaved, at its own rate, as ffmpeg decodes them: independent of our readers. */
export function decodeWithFfmpeg(path: string): Float32Array {
  const bytes = execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-i', path, '-f', 'f32le', '-'], {
    maxBuffer: 2 ** 30,
  });
  return new Float32Array(new Uint8Array(bytes).buffer);
}
