import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  SpeechPieces,
  type PieceOptions,
  type PiecePlan,
} from '../../../../core/transcription/pieces/speech-pieces.ts';
import type { SpeechSegment } from '../../../../core/vad/hysteresis.ts';

const OPTIONS: PieceOptions = { maxPieceSeconds: 10, maxGapSeconds: 1, padSeconds: 0.1 };
const RATE = 16_000;

/** Segments by their borders in seconds. */
function segments(...borders: readonly (readonly [number, number])[]): SpeechSegment[] {
  return borders.map(([start, end]) => ({ startSample: start * RATE, endSample: end * RATE }));
}

function plan(speech: readonly SpeechSegment[], options = OPTIONS): PiecePlan[] {
  const pieces = new SpeechPieces(options);
  return [...speech.flatMap((segment) => pieces.push(segment)), ...pieces.flush()];
}

function seconds(plans: readonly PiecePlan[]): number[][] {
  return plans.map(({ startSample, endSample }) => [startSample / RATE, endSample / RATE]);
}

describe('SpeechPieces', () => {
  it('joins what is close and parts what is far', () => {
    expect(seconds(plan(segments([1, 2], [2.5, 3], [4.5, 5])))).toEqual([
      [0.9, 3.1],
      [4.4, 5.1],
    ]);
  });

  it('cuts what does not fit in the longest silence of its second half', () => {
    const speech = segments([1, 2], [2.9, 6], [6.3, 7], [7.5, 9], [9.2, 12]);
    expect(seconds(plan(speech))).toEqual([
      [0.9, 7.1],
      [7.4, 12.1],
    ]);
  });

  it('takes at most half of a silence as padding', () => {
    const speech = segments([0, 6], [6.1, 12]);
    const [first, second] = plan(speech) as [PiecePlan, PiecePlan];
    expect(first.endSample).toBe(6.05 * RATE);
    expect(second.startSample).toBe(6.05 * RATE);
    expect(first.startSample).toBe(0);
  });

  it('gives every segment once, in order, in pieces that fit and do not overlap', () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 90 })));
    fc.assert(
      fc.property(gaps, (parts) => {
        let now = 0;
        const speech = parts.map(([gap, length]) => {
          const startSample = now + gap * 1000;
          now = startSample + length * 1000;
          return { startSample, endSample: now };
        });
        const plans = plan(speech);
        expect(plans.flatMap((piece) => piece.speech)).toEqual(speech);
        plans.forEach((piece, index) => {
          expect(piece.endSample - piece.startSample).toBeLessThanOrEqual(10 * RATE);
          expect(piece.startSample).toBeGreaterThanOrEqual(plans[index - 1]?.endSample ?? 0);
        });
      }),
    );
  });
});
