/**
 * Typed arrays are compared by their bytes first: waveforms and vectors of ten thousands of numbers, one by one, took a
 * good part of the time of all tests. Where bytes differ, the comparison of vitest decides and shows what differs.
 */
import { expect } from 'vitest';

expect.addEqualityTesters([haveSameBytes]);

function haveSameBytes(a: unknown, b: unknown): true | undefined {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return undefined;
  return bytesOf(a).equals(bytesOf(b)) ? true : undefined;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
