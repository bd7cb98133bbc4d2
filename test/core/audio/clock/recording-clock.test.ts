import { describe, expect, test } from 'vitest';
import { type ClockFacts, RecordingClock } from '../../../../core/audio/clock/recording-clock.ts';
import { type DecodedFrame, NO_FAULTS } from '../../../../core/audio/clock/decoded-frame.ts';

const RATE = 1000;

const FACTS: ClockFacts = { clock: 'first', sampleRate: RATE, startSeconds: 0, headerSeconds: undefined };

/** Frames of 20 ms with these stamps in milliseconds. */
function framesAt(stamps: readonly (number | undefined)[], sampleRate = RATE): DecodedFrame[] {
  return stamps.map((stamp) => ({
    startSample: stamp === undefined ? undefined : Math.round((stamp * sampleRate) / 1000),
    sampleCount: Math.round((20 * sampleRate) / 1000),
    sampleRate,
    faults: NO_FAULTS,
  }));
}

/** Where each frame came to lie, in milliseconds; -1 for one that was dropped whole, `|` in front of a new clock. */
function places(frames: readonly DecodedFrame[], facts: Partial<ClockFacts> = {}): (number | string)[] {
  const clock = new RecordingClock({ ...FACTS, ...facts });
  return frames.map((frame, index) => {
    const { drop, isRestart } = clock.place(frame, frames[index + 1]);
    const kept = (frame.sampleCount / frame.sampleRate) * RATE - drop;
    const start = clock.position - kept;
    return kept === 0 ? -1 : isRestart ? `|${start}` : start;
  });
}

describe('where frames belong', () => {
  test('one after the other without stamps, and with stamps that agree', () => {
    expect(places(framesAt([undefined, undefined, undefined]))).toEqual([0, 20, 40]);
    expect(places(framesAt([0, 20, 40]))).toEqual([0, 20, 40]);
  });

  test('the first exactly where its stamp says', () => {
    expect(places(framesAt([7, 27]))).toEqual([7, 27]);
    expect(places(framesAt([4978, 4998]))).toEqual([4978, 4998]);
  });

  test('jitter and rounding move nothing', () => {
    expect(places(framesAt([0, 29, 31, 69, 80, 95]))).toEqual([0, 20, 40, 60, 80, 100]);
  });

  test('differences that add up are made good: holes of single packets, a clock that runs slower', () => {
    const everyOtherPacket = places(framesAt(Array.from({ length: 50 }, (_, i) => i * 40)));
    everyOtherPacket.forEach((place, i) => expect(Math.abs(Number(place) - i * 40)).toBeLessThanOrEqual(100));
    const slow = places(framesAt(Array.from({ length: 500 }, (_, i) => i * 19)));
    const kept = slow.map(Number).filter((place) => place >= 0);
    expect(kept.at(-1)! - 499 * 19).toBeLessThanOrEqual(120);
  });

  test('behind a hole, however many follow one another', () => {
    expect(places(framesAt([0, 20, 5040, 5060]))).toEqual([0, 20, 5040, 5060]);
    expect(places(framesAt([0, 400, 800, 1200]))).toEqual([0, 400, 800, 1200]);
  });

  test('not where a single stamp says that nothing around it confirms', () => {
    expect(places(framesAt([0, 20, 5000, 60, 80]))).toEqual([0, 20, 40, 60, 80]);
    expect(places(framesAt([0, 20, 900, 500, 520]))).toEqual([0, 20, 480, 500, 520]);
  });

  test('nowhere where they were heard already', () => {
    const once = Array.from({ length: 20 }, (_, i) => i * 20);
    const again = [210, 230, 250, 270, 290, 310, 330, 350, 370, 390, 410, 430];
    expect(places(framesAt([...once, ...again]))).toEqual([
      ...once,
      ...new Array<number>(9).fill(-1),
      400, // Its first half was heard already.
      410,
      430,
    ]);
  });

  test('behind what came before, where the clock is set anew', () => {
    const part = Array.from({ length: 100 }, (_, i) => 1400 + i * 20);
    const facts = { startSeconds: 1.4 };
    expect(places(framesAt([...part, ...part]), facts)).toEqual([
      ...part.map((stamp) => stamp - 1400),
      '|2000',
      ...part.slice(1).map((stamp) => stamp + 600),
    ]);
    expect(places(framesAt([0, 20, 9e6, 9e6 + 20]))).toEqual([0, 20, '|40', 60]);
  });

  test('at other rates than that of the recording, too', () => {
    expect(places([...framesAt([0, 20]), ...framesAt([540, 560], 48_000)])).toEqual([0, 20, 540, 560]);
  });
});

describe('the beginning', () => {
  test.each([
    ['the first stamp of any track', { clock: 'first', startSeconds: 1.4 }, 100],
    ['the first stamp of the sound, where no other is known', { clock: 'first', startSeconds: undefined }, 0],
    [
      'zero, where the header counts from there',
      { clock: 'zero', startSeconds: 1.5, headerSeconds: 9 },
      1500,
    ],
    ['the first stamp, where the header says no length', { clock: 'zero', startSeconds: 1.5 }, 0],
    [
      'the first stamp, where it lies behind that length',
      { clock: 'zero', startSeconds: 1.5, headerSeconds: 1 },
      0,
    ],
  ] as const)('is %s', (_, facts, expected) => {
    expect(places(framesAt([1500]), { headerSeconds: undefined, ...facts })).toEqual([expected]);
  });

  test('a little below zero is what an encoder put in front', () => {
    const facts = { clock: 'zero', startSeconds: -0.02, headerSeconds: 9 } as const;
    expect(places(framesAt([0]), facts)).toEqual([0]);
    expect(places(framesAt([-1000, -980]), { ...facts, startSeconds: -1 })).toEqual([0, 20]);
  });

  test('a long silence in front needs a header that covers it', () => {
    const late = { clock: 'zero', startSeconds: 7200 } as const;
    expect(places(framesAt([7_200_000]), { ...late, headerSeconds: 7300 })).toEqual([7_200_000]);
    expect(places(framesAt([7_200_000]), { ...late, headerSeconds: undefined })).toEqual([0]);
    expect(places(framesAt([7_200_000]), { clock: 'first', startSeconds: 0 })).toEqual([0]);
  });
});
