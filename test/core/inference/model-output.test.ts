import { describe, expect, it } from 'vitest';
import { countsOutput, floatOutput } from '../../../core/inference/model-output.ts';

const model = { id: 'own-model' };
const outputs = {
  logits: { data: Float32Array.of(0.5, 1), dims: [1, 2] },
  lengths: { data: BigInt64Array.of(3n, 4n), dims: [2] },
  short: { data: Int32Array.of(5), dims: [1] },
};

describe('what a network answered', () => {
  it('is taken as the numbers that it is', () => {
    expect(floatOutput(outputs, 'logits', model)).toEqual(outputs.logits);
    expect(countsOutput(outputs, 'lengths', model)).toEqual([3, 4]);
    expect(countsOutput(outputs, 'short', model)).toEqual([5]);
  });

  it.each([
    ['of whole numbers', () => floatOutput(outputs, 'lengths', model), 'float32), got a BigInt64Array'],
    ['that is missing', () => floatOutput(outputs, 'scores', model), 'float32), got nothing'],
    ['of fractions', () => countsOutput(outputs, 'logits', model), 'int32), got a Float32Array'],
  ])('is refused where it is one %s', (_what, read, message) => {
    expect(read).toThrow(
      expect.objectContaining({
        code: 'model_shape_mismatch',
        details: { model: 'own-model' },
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});
