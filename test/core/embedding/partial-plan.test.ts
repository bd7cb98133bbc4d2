import { describe, expect, it } from 'vitest';
import {
  DEFAULT_PARTIAL_RULES,
  joinedPartialStarts,
  planChunk,
} from '../../../core/embedding/partial-plan.ts';

const geometry = {
  chunkSamples: 160_000,
  chunkHopSamples: 16_000,
  framesPerChunk: 589,
  frameGrid: { startSeconds: 0, durationSeconds: 991 / 16_000, stepSeconds: 270 / 16_000 },
  localSpeakerCount: 3,
};

/** Activity of a chunk: `bits` between two times. */
function activityOf(...spans: readonly (readonly [number, number, number])[]): Uint8Array {
  const activity = new Uint8Array(geometry.framesPerChunk);
  for (let frame = 0; frame < activity.length; frame++) {
    const middle = frame * 0.016875 + 0.0619375 / 2;
    for (const [from, to, bits] of spans) if (middle >= from && middle < to) activity[frame]! |= bits;
  }
  return activity;
}

const plan = (activity: Uint8Array, startFrame = 0) =>
  planChunk(DEFAULT_PARTIAL_RULES, geometry, startFrame, activity);

describe('planChunk', () => {
  it('takes every grid partial of a speaker who speaks all the time', () => {
    const [first, second] = plan(activityOf([0, 10, 0b001]));
    expect(first).toEqual({
      kind: 'grid',
      partials: Array.from({ length: 22 }, (_, gridIndex) => ({ gridIndex, weight: 1 })),
    });
    expect(second).toEqual({ kind: 'none' });
  });

  it('counts grid partials from the start of the recording, so that neighbouring chunks share them', () => {
    const [speaker] = plan(activityOf([0, 10, 0b001]), 100);
    expect(speaker!.kind === 'grid' && speaker!.partials.map((partial) => partial.gridIndex)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 3),
    );
  });

  it('weighs a partial by how much of it is this speaker alone, and by purity squared', () => {
    // 0.2 of the 1.6 s of partial 5 (2.0 to 3.6 s) are shared with the second speaker.
    const activity = activityOf([0, 10, 0b001], [3.4, 3.6, 0b010]);
    const [speaker] = plan(activity);
    const partial =
      speaker!.kind === 'grid' ? speaker!.partials.find((one) => one.gridIndex === 5) : undefined;
    const share = 1.4 / 1.6;
    expect(partial!.weight).toBeCloseTo(share * (1.4 / 1.8) ** 2, 1);
    expect(partial!.weight).toBeLessThan(1);
  });

  it("joins a speaker's own frames where turns are too short for the grid", () => {
    const [speaker] = plan(activityOf([1, 2, 0b001], [4, 5, 0b001], [2, 4, 0b010]));
    expect(speaker!.kind).toBe('joined');
    const frames = speaker!.kind === 'joined' ? [...speaker!.melFrames] : [];
    expect(frames.length).toBeGreaterThan(190);
    expect(frames.every((frame) => (frame >= 98 && frame <= 203) || (frame >= 398 && frame <= 503))).toBe(
      true,
    );
  });

  it('uses overlapped frames of a speaker who is hardly ever alone', () => {
    const [speaker] = plan(activityOf([1, 3, 0b011]));
    expect(speaker!.kind).toBe('joined');
  });

  it('gives up below a fifth of a second', () => {
    expect(plan(activityOf([1, 1.15, 0b001]))[0]).toEqual({ kind: 'none' });
  });
});

describe('joinedPartialStarts', () => {
  it.each([
    [20, [0]],
    [160, [0]],
    [161, [0, 1]],
    [240, [0, 80]],
    [300, [0, 80, 140]],
    [320, [0, 80, 160]],
  ])('covers %i frames to the last', (frameCount, starts) => {
    expect(joinedPartialStarts(DEFAULT_PARTIAL_RULES, frameCount)).toEqual(starts);
  });
});
