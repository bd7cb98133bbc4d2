/** Through a codec and back, its delay taken out. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CODECS, type CodecName } from './conditions.ts';
import { meanPower } from './levels.ts';

const RATE = 16_000;
const MOST_DELAY_SAMPLES = RATE / 4;
/** Enough speech to find the delay by: the loudest piece of this length. */
const ALIGNED_SAMPLES = 2 * RATE;

export function throughCodec(samples: Float64Array, name: CodecName): Float64Array {
  const { rate, options, container } = CODECS[name];
  const folder = mkdtempSync(join(tmpdir(), 'colloquy-codec-'));
  try {
    const coded = join(folder, 'coded');
    const raw = ['-f', 'f32le', '-ar', String(RATE), '-ac', '1'];
    const common = ['-nostdin', '-v', 'error', '-y', '-threads', '1'];
    const pcm = Float32Array.from(samples, (sample) => Math.min(1, Math.max(-1, sample)));
    const encode = [...raw, '-i', '-', '-ar', String(rate), ...options, '-bitexact', '-f', container, coded];
    // With standard input given, -nostdin only keeps ffmpeg from asking.
    execFileSync('ffmpeg', [...common, ...encode], { input: new Uint8Array(pcm.buffer) });
    const input = container === 'gsm' ? ['-f', 'gsm', '-ar', '8000'] : [];
    const decoded = execFileSync('ffmpeg', [...common, ...input, '-i', coded, ...raw, '-'], {
      maxBuffer: 2 ** 30,
    });
    return aligned(new Float32Array(new Uint8Array(decoded).buffer), samples);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What came back, moved to where it correlates best with what went in, and of its length. */
function aligned(decoded: Float32Array, original: Float64Array): Float64Array {
  const delay = delayOf(decoded, original);
  return Float64Array.from(original, (_, index) => decoded[index + delay] ?? 0);
}

function loudestFrom(samples: Float64Array): number {
  let [best, most] = [0, -Infinity];
  for (let from = 0; from === 0 || from + ALIGNED_SAMPLES <= samples.length; from += ALIGNED_SAMPLES) {
    const power = meanPower(samples.subarray(from, from + ALIGNED_SAMPLES));
    if (power <= most) continue;
    most = power;
    best = from;
  }
  return best;
}

function delayOf(decoded: Float32Array, original: Float64Array): number {
  const from = loudestFrom(original);
  const to = Math.min(original.length, from + ALIGNED_SAMPLES);
  let [best, most] = [0, -Infinity];
  for (let delay = -MOST_DELAY_SAMPLES; delay < MOST_DELAY_SAMPLES; delay++) {
    let sum = 0;
    const end = Math.min(to, decoded.length - delay);
    for (let index = Math.max(from, -delay); index < end; index++)
      sum += original[index]! * decoded[index + delay]!;
    if (sum <= most) continue;
    most = sum;
    best = delay;
  }
  return best;
}
