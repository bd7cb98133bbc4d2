import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChannelLevels } from '../../../../core/transcription/channels/channel-levels.ts';

const constant = (value: number, length: number) => new Float32Array(length).fill(value);

describe('ChannelLevels', () => {
  it('measures the mean power of each tenth of a second of each channel', () => {
    const levels = new ChannelLevels(2);
    levels.push([constant(1, 1600), constant(0.1, 1600)]);
    levels.push([constant(0, 1600), constant(0.1, 1600)]);
    expect(levels.frameCount).toBe(2);
    expect(levels.decibels(0, 0)).toBeCloseTo(0, 6);
    expect(levels.decibels(0, 1)).toBe(-100);
    expect(levels.decibels(1, 1)).toBeCloseTo(-20, 5);
    expect(levels.meanDecibels(0, { startSeconds: 0, endSeconds: 0.2 })).toBeCloseTo(-3.0103, 4);
  });

  it('takes a moment as the frame around it, and what lies outside as silence', () => {
    const levels = new ChannelLevels(1);
    levels.push([constant(1, 3200)]);
    expect(levels.meanDecibels(0, { startSeconds: 0.15, endSeconds: 0.15 })).toBeCloseTo(0, 6);
    expect(levels.meanDecibels(0, { startSeconds: 5, endSeconds: 6 })).toBe(-100);
  });

  it('gives the same levels however the sound is cut into blocks', () => {
    const sound = Float32Array.from({ length: 8000 }, (_, i) => Math.sin(i / 7) * Math.cos(i / 900));
    const whole = new ChannelLevels(1);
    whole.push([sound]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        const levels = new ChannelLevels(1);
        let start = 0;
        for (let block = 0; start < sound.length; block++) {
          const end = start + sizes[block % sizes.length]!;
          levels.push([sound.subarray(start, end)]);
          start = end;
        }
        for (let frame = 0; frame < 5; frame++) {
          expect(levels.decibels(0, frame)).toBeCloseTo(whole.decibels(0, frame), 9);
        }
      }),
      { numRuns: 30 },
    );
  });
});
