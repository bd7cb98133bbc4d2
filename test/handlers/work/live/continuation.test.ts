import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../../../core/result/live/live-events.ts';
import { applyLiveEvent, EMPTY_LIVE_TRANSCRIPT } from '../../../../core/result/live/live-transcript.ts';
import { Continuation } from '../../../../handlers/work/live/continuation.ts';

const status = (heardSeconds: number): LiveEvent => ({
  type: 'status',
  heardSeconds,
  shownSeconds: heardSeconds - 1,
  textSeconds: 0,
  stableUntilSeconds: 0,
  lagSeconds: 0,
  levelDbfs: -20,
});
const speaker = (label: string): LiveEvent => ({ type: 'speaker', speaker: label, change: 'new' });
const turn = (id: number, label: string, startSeconds: number, endSeconds: number): LiveEvent => ({
  type: 'turn',
  id,
  speaker: label,
  startSeconds,
  endSeconds,
  open: true,
});
const text = (id: number, said: string, final: boolean, label: string): LiveEvent => ({
  type: 'text',
  id,
  final,
  startSeconds: 1,
  endSeconds: 2,
  text: said,
  words: [
    { text: said, startSeconds: 1, endSeconds: 2, agreed: final, speaker: label, speakerState: 'shown' },
  ],
});

describe('a session that is heard again after its engine died', () => {
  const told: LiveEvent[] = [];
  const first = Continuation.first();
  for (const event of [
    speaker('S1'),
    turn(0, 'S1', 0, 2),
    text(0, 'Hello', false, 'S1'),
    text(0, 'Hello.', true, 'S1'),
    status(3),
    speaker('S2'),
    turn(1, 'S2', 2, 4),
    status(5),
  ])
    told.push(...first.hear(event));

  it('is told as it comes before', () => {
    expect(told).toHaveLength(8);
  });

  it('is silent until it is as far, and goes on under the labels and numbers of before', () => {
    const again = first.again();
    // The second hearing met the two in the other order, and gave the text another number.
    const quiet = [
      speaker('S1'),
      turn(0, 'S1', 2, 4),
      speaker('S2'),
      turn(1, 'S2', 0, 2),
      text(3, 'Hello.', true, 'S2'),
    ];
    for (const event of [...quiet, status(4)]) expect(again.hear(event)).toEqual([]);
    const caughtUp = again.hear(status(5));
    const later = [
      turn(2, 'S1', 4, 6),
      text(4, 'Bye.', true, 'S1'),
      speaker('S3'),
      turn(3, 'S3', 6, 7),
    ].flatMap((event) => again.hear(event));
    const state = [...told, ...caughtUp, ...later].reduce(applyLiveEvent, EMPTY_LIVE_TRANSCRIPT);
    expect(state.turns.map(({ speaker: label, startSeconds }) => [label, startSeconds])).toEqual([
      ['S1', 0],
      ['S2', 2],
      ['S2', 4],
      ['S3', 6],
    ]);
    expect(state.texts.map(({ id, text: said, words }) => [id, said, words[0]!.speaker])).toEqual([
      [0, 'Hello.', 'S1'],
      [1, 'Bye.', 'S2'],
    ]);
    const ids = later.flatMap((event) => (event.type === 'turn' ? [event.id] : []));
    expect(Math.min(...ids)).toBeGreaterThan(1);
    const end = again.hear({ type: 'result', result: null, labels: { S1: 'SPEAKER_01', S2: 'SPEAKER_00' } });
    expect(end).toEqual([{ type: 'result', result: null, labels: { S2: 'SPEAKER_01', S1: 'SPEAKER_00' } }]);
  });
});
