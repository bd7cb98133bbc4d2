import { describe, expect, it } from 'vitest';
import { measureLocalSpeakers, trainingRows } from '../../../core/resolution/local-speakers.ts';
import { ANNA, tinyObservations } from '../../support/tiny-observations.ts';

const observations = tinyObservations([
  [
    { frames: [[0, 4]], embedding: ANNA },
    { frames: [[2, 8]], embedding: ANNA },
    { frames: [], embedding: ANNA },
  ],
  [
    { frames: [[0, 9]], embedding: null },
    { frames: [[9, 10]], embedding: [0, 0, 0, 0] },
    { frames: [[9, 10]], embedding: [Infinity, 1, 1, 1] },
  ],
]);

describe('measureLocalSpeakers', () => {
  it('counts frames of activity, and those alone', () => {
    const local = measureLocalSpeakers(observations);
    expect([...local.activeFrames]).toEqual([4, 6, 0, 9, 1, 1]);
    expect([...local.aloneFrames]).toEqual([2, 4, 0, 9, 0, 0]);
  });

  it('takes NaN, infinity and the zero vector for no embedding', () => {
    expect([...measureLocalSpeakers(observations).hasEmbedding]).toEqual([1, 1, 1, 0, 0, 0]);
  });
});

describe('trainingRows', () => {
  const local = measureLocalSpeakers(observations);

  it('takes exactly the share asked for, and no less', () => {
    expect([...trainingRows(observations, local, 0.4)]).toEqual([1]);
    expect([...trainingRows(observations, local, 0.41)]).toEqual([]);
    expect([...trainingRows(observations, local, 0.2)]).toEqual([0, 1]);
  });

  it('never takes an inactive local speaker', () => {
    expect([...trainingRows(observations, local, 0)]).toEqual([0, 1]);
  });
});
