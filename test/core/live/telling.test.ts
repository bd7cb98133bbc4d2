import { describe, expect, it } from 'vitest';
import { Telling } from '../../../core/live/telling.ts';
import type { LiveEvent } from '../../../core/result/live/live-events.ts';

const turn = (id: number, speaker: string, startSeconds: number, endSeconds: number): LiveEvent => ({
  type: 'turn',
  id,
  speaker,
  startSeconds,
  endSeconds,
  open: true,
});

const final: LiveEvent = {
  type: 'revision',
  number: 1,
  fromSeconds: 0,
  toSeconds: 6,
  turns: [{ speaker: 'S2', startSeconds: 0, endSeconds: 6 }],
  words: [],
  reason: 'final',
};

describe('what a session told', () => {
  it('keeps turns as they were first told, and takes the seconds that only the end told from it', () => {
    const telling = new Telling(1);
    for (const event of [turn(0, 'S1', 0, 1), turn(0, 'S1', 0, 4), final]) telling.hear(event);
    const told = [
      { speaker: 'S1', startSeconds: 0, endSeconds: 1 },
      { speaker: 'S1', startSeconds: 1, endSeconds: 4 },
    ];
    const rest = { speaker: 'S2', startSeconds: 4, endSeconds: 6 };
    expect(telling.first).toEqual([...told, rest]);
    expect(telling.later).toEqual([{ speaker: 'S1', startSeconds: 0, endSeconds: 4 }, rest]);
    expect(telling.firstLabelSeconds).toEqual([2]);
  });

  it('counts changes of what is old, and not those of the end', () => {
    const telling = new Telling(1);
    const changed: LiveEvent = { ...final, reason: 'recluster', toSeconds: 2 };
    for (const event of [turn(0, 'S1', 0, 4), changed, { ...changed, toSeconds: 3 }, final])
      telling.hear(event);
    expect(telling.changes).toBe(1);
  });
});
