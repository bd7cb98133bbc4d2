import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpeechJoiner, type SpeechStretch } from '../../../../core/verification/speech/speech-stretches.ts';
import { noise } from '../../../support/signals.ts';

const STRETCH = 100;

/** Speech that begins at these samples of the recording, with 7 samples between the pieces. */
function joined(lengths: readonly number[]): {
  stretches: SpeechStretch[];
  speech: number[];
  places: number[];
} {
  const joiner = new SpeechJoiner(STRETCH);
  const stretches: SpeechStretch[] = [];
  const speech: number[] = [];
  const places: number[] = [];
  let start = 5;
  for (const length of lengths) {
    const samples = noise(length, { seed: start });
    stretches.push(...joiner.push(samples, start));
    samples.forEach((value, index) => {
      speech.push(value);
      places.push(start + index);
    });
    start += length + 7;
  }
  const last = joiner.finish();
  if (last !== undefined) stretches.push(last);
  return { stretches, speech, places };
}

describe('SpeechJoiner', () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 350 }), { maxLength: 12 });

  it('loses nothing, adds nothing, and knows where every sample was', () => {
    fc.assert(
      fc.property(pieces, (lengths) => {
        const { stretches, speech, places } = joined(lengths);
        expect(stretches.flatMap(({ samples }) => [...samples])).toEqual(speech);
        let offset = 0;
        for (const stretch of stretches) {
          const length = stretch.samples.length;
          for (const [from, to] of [
            [0, length],
            [0, 1],
            [length - 1, length],
            [Math.floor(length / 2), length],
          ] as const) {
            const { startSeconds, endSeconds } = stretch.spanOf(from, to);
            expect(Math.round(startSeconds * 16_000)).toBe(places[offset + from]);
            expect(Math.round(endSeconds * 16_000)).toBe(places[offset + to - 1]! + 1);
          }
          offset += length;
        }
      }),
    );
  });

  it('cuts stretches of one length; the last one has half to one and a half of it', () => {
    fc.assert(
      fc.property(pieces, (lengths) => {
        const { stretches, speech } = joined(lengths);
        const last = stretches.pop();
        expect(stretches.every(({ samples }) => samples.length === STRETCH)).toBe(true);
        if (speech.length >= STRETCH / 2) expect(last!.samples.length).toBeGreaterThanOrEqual(STRETCH / 2);
        expect(last?.samples.length ?? 0).toBeLessThanOrEqual(1.5 * STRETCH);
      }),
    );
  });
});
