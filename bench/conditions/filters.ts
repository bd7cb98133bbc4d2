/** Filters that leave everything where it is in time: forwards, then backwards. */

type Biquad = { readonly b: readonly [number, number, number]; readonly a: readonly [number, number] };

/** Second-order sections of a Butterworth low- or high-pass of fourth order. */
function butterworth(kind: 'low' | 'high', cutoffHz: number, rate: number): Biquad[] {
  const omega = Math.tan((Math.PI * cutoffHz) / rate);
  // Half the angles of the poles of fourth order.
  return [Math.PI / 8, (3 * Math.PI) / 8].map((angle) => {
    const damping = 2 * Math.cos(angle) * omega;
    const norm = 1 + damping + omega * omega;
    const b0 = (kind === 'low' ? omega * omega : 1) / norm;
    const sign = kind === 'low' ? 2 : -2;
    return {
      b: [b0, sign * b0, b0],
      a: [(2 * (omega * omega - 1)) / norm, (1 - damping + omega * omega) / norm],
    };
  });
}

function filter(samples: Float64Array, { b, a }: Biquad, step: 1 | -1): void {
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  const start = step === 1 ? 0 : samples.length - 1;
  for (let count = 0, index = start; count < samples.length; count++, index += step) {
    const x = samples[index]!;
    const y = b[0] * x + b[1] * x1 + b[2] * x2 - a[0] * y1 - a[1] * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    samples[index] = y;
  }
}

/** What a telephone lets through. */
export function bandPass(samples: Float64Array, lowHz: number, highHz: number, rate: number): void {
  const sections = [...butterworth('high', lowHz, rate), ...butterworth('low', highHz, rate)];
  for (const step of [1, -1] as const) for (const section of sections) filter(samples, section, step);
}
