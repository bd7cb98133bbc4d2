import { joined } from './signals.ts';

/** Bytes as a stream that is cut at these places (any order, any value). */
export async function* streamOf(bytes: Uint8Array, cuts: readonly number[] = []): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < places.length; i++)
    yield await Promise.resolve(bytes.subarray(places[i - 1], places[i]));
}

/** All blocks in one array; copies each as it comes. */
export async function collect(blocks: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const all: Float32Array[] = [];
  for await (const block of blocks) all.push(block.slice());
  return joined(...all);
}
