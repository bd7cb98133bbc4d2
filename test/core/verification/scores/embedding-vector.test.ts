import { describe, expect, it } from 'vitest';
import { checkVector, unitVector } from '../../../../core/verification/scores/embedding-vector.ts';

describe('checkVector', () => {
  it('lets a vector of the right dimension pass', () => {
    checkVector([0, -2, 1e-30], 3, 'It');
  });

  it.each([
    ['another dimension', [1, 2], 'embedding_space_mismatch'],
    ['NaN', [1, NaN, 2], 'invalid_file'],
    ['infinity', [1, Infinity, 2], 'invalid_file'],
    ['zero', [0, 0, 0], 'invalid_file'],
    ['values whose squares overflow', [1e200, 1e200, 1e200], 'invalid_file'],
  ])('refuses %s', (_, vector, code) => {
    expect(() => checkVector(vector, 3, 'The vector')).toThrow(expect.objectContaining({ code }));
  });

  it('does not put the vector into the message', () => {
    expect(() => checkVector([0.123456, NaN], 2, 'It')).not.toThrow(/0\.123/);
  });
});

describe('unitVector', () => {
  it('has length one', () => {
    expect([...unitVector([3, 0, -4])]).toEqual([0.6, 0, -0.8]);
  });
});
