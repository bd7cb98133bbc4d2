import { describe, expect, it } from 'vitest';
import { interpolate } from '../../../../core/transcription/forced-alignment/interpolate.ts';

const _ = undefined;

describe('interpolate', () => {
  it('takes the nearer known value, the earlier of equals', () => {
    expect(interpolate([1, _, _, _, 5], 'nearest')).toEqual([1, 1, 1, 5, 5]);
  });

  it('goes along the line between known values', () => {
    expect(interpolate([1, _, _, _, 5], 'linear')).toEqual([1, 2, 3, 4, 5]);
  });

  it.each(['nearest', 'linear'] as const)('continues outer values (%s)', (method) => {
    expect(interpolate([_, 2, _], method)).toEqual([2, 2, 2]);
    expect(interpolate([_, 2, 4, _], method)).toEqual([2, 2, 4, 4]);
  });

  it('leaves gaps alone where asked to, and where nothing is known', () => {
    expect(interpolate([_, 2, _], 'ignore')).toEqual([_, 2, _]);
    expect(interpolate([_, _], 'nearest')).toEqual([_, _]);
  });
});
