import { describe, expect, it } from 'vitest';
import { firstFrameOfChunk, globalFrameCount } from '../../../core/resolution/global-frames.ts';
import { ge2eRecordings } from '../../support/recorded-pipelines.ts';
import { tinyObservations } from '../../support/tiny-observations.ts';

describe('the frame grid of a recording', () => {
  it('has as many frames as in pyannote', () => {
    for (const { name, arrays, observations } of ge2eRecordings()) {
      expect(globalFrameCount(observations), name).toBe(arrays.speaker_count!.shape[0]);
    }
    expect(globalFrameCount(tinyObservations([]))).toBe(0);
  });

  it('places each chunk on the nearest frame', () => {
    const { observations } = ge2eRecordings()[0]!;
    const expected = (chunk: number): number => Math.round(chunk / 0.016875);
    for (const chunk of [0, 1, 2, 10, 1_000, 35_990]) {
      expect(firstFrameOfChunk(observations, chunk)).toBe(expected(chunk));
    }
  });
});
