import { describe, expect, it } from 'vitest';
import { joinSegments } from '../../../core/timeline/join-segments.ts';

const segment = (startSeconds: number, endSeconds: number) => ({ startSeconds, endSeconds });

describe('joinSegments', () => {
  it('sorts, joins what overlaps or touches, and keeps what lies apart', () => {
    const joined = joinSegments([
      segment(8, 9),
      segment(0, 2),
      segment(2, 3),
      segment(2.5, 5),
      segment(3, 4),
    ]);
    expect(joined).toEqual([segment(0, 5), segment(8, 9)]);
  });

  it('takes an open end, and gives nothing for nothing', () => {
    expect(joinSegments([segment(5, Infinity), segment(7, 8)])).toEqual([segment(5, Infinity)]);
    expect(joinSegments([])).toEqual([]);
  });
});
