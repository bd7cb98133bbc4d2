import { describe, expect, it } from 'vitest';
import { compressionRatio } from '../../../../../core/transcription/whisper/decode/compression-ratio.ts';
import { goldenJson } from '../../../../support/recogniser-goldens.ts';

type Golden = { readonly cases: readonly { readonly text: string; readonly ratio: number }[] };

describe('compressionRatio', () => {
  it.each((goldenJson('whisper/compression-ratio.json') as Golden).cases)(
    'is that of openai-whisper: "$text"',
    ({ text, ratio }) => {
      expect(compressionRatio(text)).toBeCloseTo(ratio, 12);
    },
  );

  it('tells a loop from speech by the threshold of the reference', () => {
    expect(compressionRatio(' and then we went on'.repeat(12))).toBeGreaterThan(2.4);
    expect(compressionRatio('The boats left before the sun was up, and nobody waved.')).toBeLessThan(1.3);
  });
});
