import { noise } from './signals.ts';

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff];

/** Whole numbers below a bound, the same on every run. */
function seeded(seed: number): (bound: number) => number {
  let index = 0;
  const values = noise(4096, { seed: seed + 1 });
  return (bound) => Math.floor(((values[index++ % 4096]! + 1) / 2) * bound);
}

/** One of the usual accidents and attacks: bits flipped, numbers made extreme, parts cut, repeated, moved. */
export function mutate(bytes: Uint8Array, seed: number): Uint8Array {
  const random = seeded(seed);
  // Headers are where the danger is: most hits fall there.
  const place = (length = bytes.length): number => random(random(4) === 0 ? length : Math.min(length, 128));
  let mutated = bytes.slice();
  for (let count = 1 + random(4); count > 0; count--) {
    const at = place(mutated.length);
    const kind = random(6);
    if (kind === 0) mutated[at] = mutated[at]! ^ (1 << random(8));
    if (kind === 1) mutated[at] = INTERESTING[random(INTERESTING.length)]!;
    if (kind === 2) mutated.fill(INTERESTING[random(INTERESTING.length)]!, at, at + 4);
    if (kind === 3) mutated = mutated.slice(0, at + random(mutated.length - at));
    if (kind === 4)
      mutated = Uint8Array.from(Buffer.concat([mutated.subarray(0, at), mutated.subarray(random(64))]));
    if (kind === 5)
      mutated = Uint8Array.from(Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + random(64))]));
  }
  return mutated;
}
