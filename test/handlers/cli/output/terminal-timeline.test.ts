import { describe, expect, it } from 'vitest';
import type { DiarizationResult } from '../../../../core/result/result.ts';
import { renderForTerminal } from '../../../../handlers/cli/output/terminal-timeline.ts';

function resultOf(turns: DiarizationResult['turns'], durationSeconds: number): DiarizationResult {
  const labels = [...new Set(turns.map(({ speaker }) => speaker))];
  return {
    schemaVersion: 1,
    durationSeconds,
    speakers: labels.map((label) => ({
      label,
      speakingSeconds: turns
        .filter(({ speaker }) => speaker === label)
        .reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0),
      turnCount: 1,
    })),
    turns,
    exclusiveTurns: turns,
    models: [],
    provider: 'cpu',
    timings: { observeSeconds: 1, resolveSeconds: 0.5 },
    warnings: [],
  };
}

const turn = (startSeconds: number, endSeconds: number, speaker: string) => ({
  startSeconds,
  endSeconds,
  speaker,
});
const plain = { title: 'talk.wav', columns: 45, colour: false };

describe('renderForTerminal', () => {
  it('shows heading, turns, and a lane for each speaker whose cells say how much of them is speech', () => {
    const result = resultOf([turn(0, 10, 'SPEAKER_00'), turn(11, 20, 'SPEAKER_01')], 20);
    expect(renderForTerminal(result, plain)).toBe(
      `talk.wav  0:20  2 speakers, 1.5 s on cpu

00:00:00.000 – 00:00:10.000  SPEAKER_00
00:00:11.000 – 00:00:20.000  SPEAKER_01

            0:00            0:20
SPEAKER_00  ██████████··········  0:10   50 %
SPEAKER_01  ···········█████████  0:09   45 %
`,
    );
  });

  it('stays within the width of the terminal, with long names too', () => {
    const result = resultOf([turn(0, 3_700, 'A very long name of somebody'), turn(1, 2, 'B')], 7_200);
    for (const columns of [60, 80, 200]) {
      const lines = renderForTerminal(result, { ...plain, columns })
        .split('\n')
        .slice(-4, -1);
      expect(Math.max(...lines.map((line) => line.length))).toBe(columns);
    }
  });

  it('draws within the recording what reaches past its end', () => {
    const result = resultOf([turn(0.5, 1.4, 'A'), turn(1.2, 1.3, 'B')], 1);
    const lanes = renderForTerminal(result, plain).split('\n').slice(-3, -1);
    expect(lanes[0]).toMatch(/^A {2}·+█+ {2}0:00 {3}90 %$/);
    expect(lanes[1]).toMatch(/^B {2}·+ {2}0:00 {3}10 %$/);
  });

  it('shows the heading alone where nobody spoke', () => {
    expect(renderForTerminal(resultOf([], 2), plain)).toBe('talk.wav  0:02  0 speakers, 1.5 s on cpu\n');
  });

  it('colours only where that is asked for, and lets no control character through', () => {
    const result = resultOf([turn(0, 1, 'A\u001b[31m')], 1);
    const bare = renderForTerminal(result, { ...plain, title: 'a\u001b]0;x\u0007' });
    expect(bare).not.toContain('\u001b');
    const coloured = renderForTerminal(result, { ...plain, colour: true });
    expect(coloured).toContain('\u001b[36mA [31m\u001b[0m');
  });
});
