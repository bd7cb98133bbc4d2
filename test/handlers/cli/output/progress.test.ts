import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../../core/errors.ts';
import { createMessenger, type ProgressMode } from '../../../../handlers/cli/output/progress.ts';

const INPUT = { index: 1, name: 'talk.wav' };
const WARNING = { code: 'no_speech', message: 'No speech was found.' };
const ERROR = new InvalidInputError('corrupt_audio', 'The file ends\nearly.', { details: { atSeconds: 3 } });

function messengerOn(mode: ProgressMode, isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) };
  return { messenger: createMessenger(mode, stream), written };
}

describe('createMessenger', () => {
  it('draws one line on a terminal and takes it off before anything else is written', () => {
    const { messenger, written } = messengerOn('auto', true);
    messenger.progress(INPUT, { stage: 'observe', done: 30, total: 60 });
    messenger.progress(INPUT, { stage: 'observe', done: 31, total: 60 });
    messenger.warning(INPUT, WARNING);
    messenger.clear();
    expect(written).toHaveLength(3);
    expect(written[0]).toMatch(/^\r\u001b\[2Ktalk\.wav {2}observe {2}█{8}░{8} {2}50 % {2}0:30 of 1:00$/);
    expect(written[0]!.length - '\r\u001b[2K'.length).toBeLessThan(60);
    expect(written.slice(1)).toEqual(['\r\u001b[2K', 'colloquy: talk.wav: warning: No speech was found.\n']);
  });

  it('shows how far it is where the end is not known', () => {
    const { messenger, written } = messengerOn('auto', true);
    messenger.progress(INPUT, { stage: 'observe', done: 75, total: null });
    expect(written).toEqual(['\r\u001b[2Ktalk.wav  observe  1:15']);
  });

  it.each([
    ['auto', false],
    ['none', true],
  ] as const)('draws nothing in mode %s with a terminal: %s; messages stay', (mode, isTTY) => {
    const { messenger, written } = messengerOn(mode, isTTY);
    messenger.progress(INPUT, { stage: 'observe', done: 30, total: 60 });
    messenger.clear();
    messenger.error(INPUT, ERROR);
    messenger.error(undefined, ERROR);
    messenger.note('1 of 2 inputs failed');
    expect(written).toEqual([
      'colloquy: talk.wav: The file ends early. [corrupt_audio]\n',
      'colloquy: The file ends early. [corrupt_audio]\n',
      'colloquy: 1 of 2 inputs failed\n',
    ]);
  });

  it('writes a JSON object a line in mode json', () => {
    const { messenger, written } = messengerOn('json', true);
    messenger.progress(INPUT, { stage: 'observe', done: 30, total: null });
    messenger.warning(INPUT, WARNING);
    messenger.error(INPUT, ERROR);
    messenger.note('1 of 2 inputs failed');
    messenger.clear();
    const about = { schemaVersion: 1, index: 1, input: 'talk.wav' };
    const error = {
      code: 'corrupt_audio',
      message: ERROR.message,
      retryable: false,
      details: { atSeconds: 3 },
    };
    expect(written.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
    expect(written.map((line) => JSON.parse(line) as unknown)).toEqual([
      { ...about, type: 'progress', stage: 'observe', done: 30, total: null },
      { ...about, type: 'warning', warning: WARNING },
      { ...about, type: 'error', error, exitCode: 3 },
      { schemaVersion: 1, type: 'note', message: '1 of 2 inputs failed' },
    ]);
  });
});
