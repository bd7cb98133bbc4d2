import { describe, expect, it } from 'vitest';
import { secondsLeft, stageStartOf } from '../../web/src/job/time-left.ts';
import { lengthInWords, sizeInWords } from '../../web/src/parts/clock.ts';
import { barsOf, tickSeconds } from '../../web/src/sound/lanes-layout.ts';
import {
  DEFAULT_JOB_OPTIONS,
  liveJobOptions,
  liveStartOf,
  optionsOfJob,
} from '../../web/src/start/job-options.ts';

const turn = (speaker: string, startSeconds: number, endSeconds: number) => ({
  speaker,
  startSeconds,
  endSeconds,
});

describe('lanes', () => {
  const window = { startSeconds: 10, endSeconds: 20, width: 100 };

  it('show what is in sight, cut at its borders, a lane a speaker', () => {
    const turns = [
      turn('A', 0, 5),
      turn('A', 8, 12),
      turn('B', 11, 13),
      turn('A', 19, 30),
      turn('X', 12, 13),
    ];
    expect(barsOf(turns, ['A', 'B'], window)).toEqual([
      { lane: 0, x: 0, width: 20 },
      { lane: 0, x: 90, width: 10 },
      { lane: 1, x: 10, width: 20 },
    ]);
  });

  it('join what would be less than a pixel apart, and show the shortest turn', () => {
    const day = { startSeconds: 0, endSeconds: 86_400, width: 1000 };
    const turns = Array.from({ length: 10_000 }, (_, index) => turn('A', index * 2, index * 2 + 1));
    expect(barsOf(turns, ['A'], day)).toHaveLength(1);
    expect(barsOf([turn('A', 5, 5.1)], ['A'], day)[0]!.width).toBe(1);
  });

  it('are empty without width or time', () => {
    expect(barsOf([turn('A', 0, 1)], ['A'], { ...window, width: 0 })).toEqual([]);
    expect(barsOf([turn('A', 0, 1)], ['A'], { startSeconds: 5, endSeconds: 5, width: 10 })).toEqual([]);
  });

  it('mark the time so that marks do not touch', () => {
    expect(tickSeconds({ startSeconds: 0, endSeconds: 72, width: 1100 })).toBe(5);
    expect(tickSeconds({ startSeconds: 0, endSeconds: 3600, width: 360 })).toBe(900);
    expect(tickSeconds({ startSeconds: 0, endSeconds: 1_000_000, width: 300 })).toBe(28_800);
  });
});

describe('the time left', () => {
  it('is that of the stage, by its speed, once that is known', () => {
    const start = stageStartOf(undefined, { stage: 'observe', done: 10, total: 110 }, 1000);
    expect(stageStartOf(start, { stage: 'observe', done: 50, total: 110 }, 9000)).toBe(start);
    expect(secondsLeft(start, { stage: 'observe', done: 30, total: 110 }, 11_000)).toBe(40);
    expect(secondsLeft(start, { stage: 'observe', done: 11, total: 110 }, 1500)).toBeUndefined();
    expect(secondsLeft(start, { stage: 'fetch', done: 30, total: 110 }, 11_000)).toBeUndefined();
    expect(secondsLeft(start, { stage: 'observe', done: 30, total: null }, 11_000)).toBeUndefined();
  });

  it('is said in words', () => {
    expect([0.2, 40, 100, 3599, 3900].map(lengthInWords)).toEqual([
      '1 s',
      '40 s',
      '2 min',
      '1 h 00 min',
      '1 h 05 min',
    ]);
    expect([10, 2_000_000, 30_000_000].map(sizeInWords)).toEqual(['1 kB', '2.0 MB', '30 MB']);
  });
});

describe('the options of a job', () => {
  it('are only those that were chosen, and those of the task', () => {
    expect(optionsOfJob(DEFAULT_JOB_OPTIONS)).toEqual({});
    const chosen = {
      task: 'transcribe',
      language: 'en',
      speakers: '3',
      model: 'moonshine-tiny',
      voices: true,
    } as const;
    const known = { numSpeakers: 3, voices: 'all' };
    expect(optionsOfJob(chosen)).toEqual({ ...known, language: 'en', model: 'moonshine-tiny' });
    expect(optionsOfJob({ ...chosen, task: 'diarize' })).toEqual(known);
    const start = { tasks: ['diarize', 'transcribe'], ...known, language: 'en', model: 'moonshine-tiny' };
    expect(liveStartOf(chosen)).toEqual(start);
    expect(liveJobOptions('de-AT').language).toBe('de');
    expect(liveJobOptions('tlh').language).toBe('');
    expect(liveStartOf({ ...chosen, task: 'diarize' })).toEqual({ tasks: ['diarize'], ...known });
  });
});
