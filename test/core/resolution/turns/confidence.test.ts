import { describe, expect, it } from 'vitest';
import { certaintyOfRows, confidenceOfSegments } from '../../../../core/resolution/turns/confidence.ts';
import { tinyObservations } from '../../../support/tiny-observations.ts';

describe('certaintyOfRows', () => {
  it('is the logistic function of the margin to the best other cluster', () => {
    const scores = { data: Float64Array.of(1.9, 1.1, 1.5, 1, 1.2, 1.9), rows: 2, columns: 3 };
    const [sure, wrong] = certaintyOfRows(scores, Int32Array.of(0, 1), 5);
    expect(sure).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(wrong).toBeCloseTo(1 / (1 + Math.exp(3.5)), 12);
  });

  it('is 0.5 without an embedding, 1 with one cluster, 0 without any', () => {
    const missing = { data: new Float64Array(4).fill(NaN), rows: 2, columns: 2 };
    expect([...certaintyOfRows(missing, Int32Array.of(1, -2), 5)]).toEqual([0.5, 0]);
    expect([
      ...certaintyOfRows({ data: Float64Array.of(1.2), rows: 1, columns: 1 }, Int32Array.of(0), 5),
    ]).toEqual([1]);
  });
});

describe('confidenceOfSegments', () => {
  const observations = tinyObservations([
    [{ frames: [[2, 10]], embedding: null }],
    [{ frames: [[0, 3]], embedding: null }],
  ]);
  const assigned = Int32Array.of(0, -2, -2, 0, -2, -2);
  const certainty = Float64Array.of(0.8, 0, 0, 0.6, 0, 0);
  const confidence = (startSeconds: number, endSeconds: number): number =>
    confidenceOfSegments(observations, assigned, certainty, 0, [{ startSeconds, endSeconds }])[0]!;

  it('is the mean certainty of the chunks that cover a frame', () => {
    expect(confidence(2.5, 5.5)).toBeCloseTo(0.8, 12);
    expect(confidence(5.5, 8.5)).toBeCloseTo(0.7, 12);
  });

  it('counts a chunk that hears nobody as 0', () => {
    expect(confidence(8.5, 10.5)).toBeCloseTo(0.4, 12);
  });

  it('averages over the frames of the segment, and takes one shorter than a frame', () => {
    expect(confidence(2.5, 8.5)).toBeCloseTo(0.75, 12);
    expect(confidence(2.5, 2.6)).toBeCloseTo(0.8, 12);
  });
});
