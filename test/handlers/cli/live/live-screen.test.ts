import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../../../core/result/live/live-events.ts';
import { LiveScreen } from '../../../../handlers/cli/live/live-screen.ts';

const word = (text: string, startSeconds: number, speaker: string | null) => ({
  text,
  startSeconds,
  endSeconds: startSeconds + 0.4,
  agreed: true,
  speaker,
  speakerState: speaker === null ? ('pending' as const) : ('shown' as const),
});

const text = (final: boolean, ...words: ReturnType<typeof word>[]): LiveEvent => ({
  type: 'text',
  id: 0,
  final,
  startSeconds: 62,
  endSeconds: 64,
  text: words.map((said) => said.text).join(' '),
  words,
});

function shown(columns: number | undefined, events: readonly LiveEvent[]): string {
  let written = '';
  const screen = new LiveScreen({ write: (part) => void (written += part), columns, writesWords: true });
  for (const event of events) screen.show(event);
  return written;
}

describe('what colloquy live shows', () => {
  const open = text(false, word('Good', 62, null));
  const pending = text(true, word('Good', 62, null), word('morning.', 63, null));
  const final = text(true, word('Good', 62, 'S1'), word('morning.', 63, 'S2'));
  const named: LiveEvent = { type: 'speaker', speaker: 'S2', change: 'named', name: 'Ada\n' };

  it('prints final text once, when its speakers are known, a line a speaker', () => {
    expect(shown(undefined, [open, pending, named, final, final])).toBe(
      '01:02 S1: Good\n01:03 Ada: morning.\n',
    );
  });

  it('prints turns where nothing is written down, also those that are open at the end, once', () => {
    const turn = (id: number, speaker: string, startSeconds: number, endSeconds: number, isOpen: boolean) =>
      ({ type: 'turn', id, speaker, startSeconds, endSeconds, open: isOpen }) as const;
    const events: LiveEvent[] = [
      turn(0, 'S1', 0, 3, false),
      turn(1, 'S2', 4, 5, true),
      // The end corrects the last seconds, and tells what was too young to be told.
      {
        type: 'revision',
        number: 0,
        fromSeconds: 2,
        toSeconds: 9,
        turns: [
          { speaker: 'S1', startSeconds: 2, endSeconds: 3.1 },
          { speaker: 'S2', startSeconds: 4, endSeconds: 7 },
          { speaker: 'S1', startSeconds: 8, endSeconds: 9 },
        ],
        words: [],
        reason: 'final',
      },
      { type: 'result', result: null, labels: {} },
    ];
    let written = '';
    const write = (part: string): void => void (written += part);
    const screen = new LiveScreen({ write, columns: undefined, writesWords: false });
    for (const event of events) screen.show(event);
    expect(written).toBe('00:00 – 00:03 S1\n00:04 – 00:07 S2\n00:08 – 00:09 S1\n');
  });

  it('rewrites one line on a terminal, no longer than it is wide', () => {
    const long = text(false, word('x'.repeat(100), 62, null));
    const lines = shown(20, [long]).split('\u001b[2K');
    expect(lines.at(-1)).toHaveLength(19);
    expect(shown(40, [open, final])).toContain('\r\u001b[2K01:02 S1: Good\n');
  });
});
