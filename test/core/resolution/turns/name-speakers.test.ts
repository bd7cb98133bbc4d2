import { describe, expect, it } from 'vitest';
import {
  orderAsText,
  orderByFirstSpeech,
  speakerLabel,
} from '../../../../core/resolution/turns/name-speakers.ts';

const at = (startSeconds: number, endSeconds = startSeconds + 1) => [{ startSeconds, endSeconds }];

describe('names of speakers', () => {
  it('have two digits, more where needed', () => {
    expect([0, 9, 10, 123].map(speakerLabel)).toEqual([
      'SPEAKER_00',
      'SPEAKER_09',
      'SPEAKER_10',
      'SPEAKER_123',
    ]);
  });

  it('go by first speech, and leave out who never speaks', () => {
    expect(orderByFirstSpeech([at(5), [], at(1, 3), at(1, 2), at(5)])).toEqual([3, 2, 0, 4]);
  });

  it('in pyannote go by cluster number as text', () => {
    const segments = Array.from({ length: 12 }, (_, cluster) => (cluster === 3 ? [] : at(12 - cluster)));
    expect(orderAsText(segments)).toEqual([0, 1, 10, 11, 2, 4, 5, 6, 7, 8, 9]);
  });
});
