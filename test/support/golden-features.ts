import { createHash } from 'node:crypto';

/** Uniform number `index` of stream `seed`: mulberry32 with random access, as the golden files were made. */
function uniform(seed: number, index: number): number {
  const state = (seed + Math.imul(index + 1, 0x6d2b79f5)) >>> 0;
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
}

function requireHash(values: Float32Array, sha256: string | undefined): Float32Array {
  const hash = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
  if (sha256 !== undefined && hash !== sha256) throw new Error('the generator of golden inputs is wrong');
  return values;
}

export type WhisperInput = {
  readonly seed: number;
  readonly frames: number;
  readonly total: number;
  readonly sha256?: string;
};

/** Features of the Whisper cases, [80, total]. */
export function whisperFeatures({ seed, frames, total, sha256 }: WhisperInput): Float32Array {
  const groups = Math.ceil(total / 20);
  const values = new Float32Array(80 * total);
  for (let mel = 0; mel < 80; mel++) {
    for (let frame = 0; frame < total; frame++) {
      const slow = uniform(seed, mel * groups + Math.floor(frame / 20));
      const fast = uniform(seed + 1, mel * total + frame);
      values[mel * total + frame] = frame < frames ? 1.2 * (2 * slow - 1) + 0.3 * (2 * fast - 1) : -1;
    }
  }
  return requireHash(values, sha256);
}

export type NemoInput = {
  readonly seed: number;
  readonly batch: number;
  readonly features: number;
  readonly frames: number;
  readonly lengths: readonly number[];
  readonly sha256: string;
};

/** Features of the NeMo cases, [batch, features, frames]. */
export function nemoFeatures({ seed, batch, features, frames, lengths, sha256 }: NemoInput): Float32Array {
  const groups = Math.ceil(frames / 12);
  const values = new Float32Array(batch * features * frames);
  for (let row = 0; row < batch * features; row++) {
    const length = lengths[Math.floor(row / features)]!;
    for (let frame = 0; frame < length; frame++) {
      const slow = uniform(seed, row * groups + Math.floor(frame / 12));
      const fast = uniform(seed + 1, row * frames + frame);
      values[row * frames + frame] = 1.6 * (2 * slow - 1) + 0.4 * (2 * fast - 1);
    }
  }
  return requireHash(values, sha256);
}

export type LogitsInput = {
  readonly seed: number;
  readonly scale: number;
  readonly timestampBoost: number;
  readonly sha256: string;
};

/** Logits of the timestamp rules. */
export function ruleLogits(input: LogitsInput, count: number, timestampBegin: number): Float32Array {
  const values = Float32Array.from(
    { length: count },
    (_, index) => (2 * uniform(input.seed, index) - 1) * input.scale,
  );
  for (let token = timestampBegin; token < count; token++) values[token]! += input.timestampBoost;
  return requireHash(values, input.sha256);
}
