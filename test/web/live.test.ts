import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../core/result/live/live-events.ts';
import { applyLiveEvent, EMPTY_LIVE_TRANSCRIPT } from '../../core/result/live/live-transcript.ts';
import { levelOf, meterShare } from '../../web/src/live/level.ts';
import { liveLabels, livePassages } from '../../web/src/live/live-passages.ts';
import { FRAME_SAMPLES, SampleFrames } from '../../web/src/live/sample-frames.ts';

describe('frames of the microphone', () => {
  it('are whole whatever the pieces are, and clip', () => {
    const frames: Int16Array[] = [];
    const cutter = new SampleFrames((frame) => frames.push(frame));
    const samples = Float32Array.from({ length: 2 * FRAME_SAMPLES + 50 }, (_, index) => (index % 7) / 3 - 1);
    for (let start = 0; start < samples.length; start += 129)
      cutter.push(samples.subarray(start, start + 129));
    expect(frames.map(({ length }) => length)).toEqual([FRAME_SAMPLES, FRAME_SAMPLES]);
    const sent = frames.flatMap((frame) => [...frame]);
    expect(sent).toEqual(
      [...samples.subarray(0, sent.length)].map((sample) =>
        Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))),
      ),
    );
    expect(Math.max(...sent)).toBe(32_767);
  });

  it('have a level in dB below full scale', () => {
    const sine = Int16Array.from({ length: 1600 }, (_, index) => 32_767 * Math.sin((index * Math.PI) / 8));
    expect(levelOf(sine)).toBeCloseTo(-3.01, 2);
    expect(levelOf(new Int16Array(10))).toBe(-Infinity);
    expect([-Infinity, -60, -33, -6, 0].map(meterShare)).toEqual([0, 0, 0.5, 1, 1]);
  });
});

describe('what is said live', () => {
  const word = (text: string, startSeconds: number, speaker: string | null) => ({
    text,
    startSeconds,
    endSeconds: startSeconds + 0.4,
    agreed: true,
    speaker,
    speakerState: speaker === null ? ('pending' as const) : ('shown' as const),
  });
  const text = (id: number, ...words: ReturnType<typeof word>[]): LiveEvent => ({
    type: 'text',
    id,
    final: false,
    startSeconds: words[0]!.startSeconds,
    endSeconds: words.at(-1)!.endSeconds,
    text: words.map((one) => one.text).join(' '),
    words,
  });
  const turn = (id: number, speaker: string, startSeconds: number): LiveEvent => ({
    type: 'turn',
    id,
    speaker,
    startSeconds,
    endSeconds: startSeconds + 1,
    open: false,
  });
  const after = (...events: LiveEvent[]) => events.reduce(applyLiveEvent, EMPTY_LIVE_TRANSCRIPT);
  const shown = (...events: LiveEvent[]) =>
    livePassages(after(...events)).map(({ label, words }) => [label, words.map((one) => one.text).join(' ')]);

  it('is a passage a speaker; words without one go with those beside them', () => {
    expect(
      shown(
        text(0, word('so', 0, null), word('yes', 0.5, 'S1'), word('but', 1, 'S2'), word('no', 1.5, null)),
      ),
    ).toEqual([
      ['S1', 'so yes'],
      ['S2', 'but no'],
    ]);
  });

  it('begins anew after a pause, and follows corrections', () => {
    const events = [text(0, word('one', 0, 'S1')), text(1, word('two', 5, 'S1'))];
    expect(shown(...events)).toEqual([
      ['S1', 'one'],
      ['S1', 'two'],
    ]);
    const words = [{ textId: 1, index: 0, speaker: 'S2' }];
    const revision: LiveEvent = {
      type: 'revision',
      number: 1,
      fromSeconds: 5,
      toSeconds: 6,
      turns: [],
      words,
      reason: 'recluster',
    };
    expect(shown(...events, revision)[1]).toEqual(['S2', 'two']);
  });

  it('has one label for speakers that were merged', () => {
    const events = [turn(0, 'S1', 0), turn(1, 'S2', 2), turn(2, 'S3', 4)];
    expect(liveLabels(after(...events))).toEqual(['S1', 'S2', 'S3']);
    const merged: LiveEvent = { type: 'speaker', speaker: 'S2', change: 'merged', into: 'S1' };
    expect(liveLabels(after(...events, merged))).toEqual(['S1', 'S3']);
    const said = [text(0, word('a', 0, 'S1'), word('b', 0.5, 'S2')), merged];
    expect(shown(...said)).toEqual([['S1', 'a b']]);
  });
});
