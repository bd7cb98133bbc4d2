import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  convolutionMatrix,
  type ConvolutionShape,
  framesAfter,
} from '../../../core/vad/convolution-matrix.ts';
import { expectArrayClose } from '../../support/close-to.ts';
import { noise } from '../../support/signals.ts';

/** The definition: input [frames, channelsIn], output [framesOut, channelsOut]. */
function convolve(input: Float32Array, weight: Float32Array, shape: ConvolutionShape): number[] {
  const { channelsIn, channelsOut, kernel, stride, padding } = shape;
  const frames = input.length / channelsIn;
  const output: number[] = [];
  for (let first = -padding; first + kernel <= frames + padding; first += stride) {
    for (let channelOut = 0; channelOut < channelsOut; channelOut++) {
      let sum = 0;
      for (let channelIn = 0; channelIn < channelsIn; channelIn++)
        for (let tap = 0; tap < kernel; tap++)
          sum +=
            (input[(first + tap) * channelsIn + channelIn] ?? 0) *
            weight[(channelOut * channelsIn + channelIn) * kernel + tap]!;
      output.push(sum);
    }
  }
  return output;
}

const shapes = fc.record({
  channelsOut: fc.integer({ min: 1, max: 4 }),
  channelsIn: fc.integer({ min: 1, max: 4 }),
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.integer({ min: 0, max: 2 }),
});

describe('convolutionMatrix', () => {
  it('times a row of frames is the convolution', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 4, max: 7 }), (shape, frames) => {
        const input = noise(frames * shape.channelsIn, { seed: 1 });
        const weight = noise(shape.channelsOut * shape.channelsIn * shape.kernel, { seed: 2 });
        const expected = convolve(input, weight, shape);
        const matrix = convolutionMatrix(weight, shape, frames);
        const columns = framesAfter(shape, frames) * shape.channelsOut;
        expect(columns).toBe(expected.length);
        expect(matrix.length).toBe(input.length * columns);
        const product = expected.map((_, column) =>
          input.reduce((sum, value, row) => sum + value * matrix[row * columns + column]!, 0),
        );
        expectArrayClose(product, expected, { maxAbs: 1e-9 }, 'convolution');
      }),
    );
  });
});
