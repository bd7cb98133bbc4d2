import { describe, expect, it } from 'vitest';
import { formatNames, renderResult } from '../../../core/formats/index.ts';
import { parseSpeakerNames, renameSpeakers } from '../../../core/transcript/rename-speakers.ts';
import { resultFromUtterances } from '../../../core/transcript/result-from-segments.ts';

const words = [{ text: 'hello', speaker: 'SPEAKER_00', startSeconds: 0, endSeconds: 1 }];
const result = resultFromUtterances([
  { speaker: 'SPEAKER_00', startSeconds: 0, endSeconds: 1, text: 'hello', words },
]);

describe('renameSpeakers', () => {
  it.each(
    formatNames('words').filter(
      (name) => !['docx', 'uem', 'ctm', 'openai-json', 'openai-verbose-json', 'whisperx-tsv'].includes(name),
    ),
  )('reaches %s', async (name) => {
    const renamed = renameSpeakers(result, new Map([['SPEAKER_00', 'Ana']]));
    expect(await renderResult(renamed, name)).toContain('Ana');
  });

  it('can be done again, since labels stay', () => {
    const once = renameSpeakers(result, new Map([['SPEAKER_00', 'Ana']]));
    expect(renameSpeakers(once, new Map([['SPEAKER_00', 'Bea']])).speakers[0]).toMatchObject({ name: 'Bea' });
  });

  it.each([
    ['SPEAKER_01', 'Ana'],
    ['SPEAKER_00', '  '],
  ])('rejects %j=%j', (label, name) => {
    expect(() => renameSpeakers(result, new Map([[label, name]]))).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});

describe('parseSpeakerNames', () => {
  it('reads a list and a JSON object', () => {
    const names = new Map([
      ['SPEAKER_00', 'Ana = A'],
      ['SPEAKER_01', 'Ben'],
    ]);
    expect(parseSpeakerNames('SPEAKER_00=Ana = A, SPEAKER_01 =Ben')).toEqual(names);
    expect(parseSpeakerNames('{"SPEAKER_00": "Ana = A", "SPEAKER_01": "Ben"}')).toEqual(names);
  });

  it.each(['', 'SPEAKER_00', '=Ana', '{"a": 1}', '{oops', 'A=x,A=y'])('rejects %j', (text) => {
    expect(() => parseSpeakerNames(text)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });
});
