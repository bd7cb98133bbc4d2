import { expect, it } from 'vitest';
import { renderCtm } from '../../../../core/formats/annotations/ctm.ts';
import { resultFromUtterances } from '../../../../core/transcript/result-from-segments.ts';

const spoken = { speaker: 'A', startSeconds: 0, endSeconds: 1, text: 'hello', words: [] };

it('is not empty where somebody spoke: text without word times is refused', () => {
  const timed = { ...spoken, words: [{ text: 'hello', startSeconds: 0, endSeconds: 1, speaker: 'A' }] };
  for (const utterances of [[spoken], [timed, spoken]]) {
    expect(() => renderCtm(resultFromUtterances(utterances))).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        message: expect.stringContaining('CTM is made of words with their times') as string,
      }),
    );
  }
  expect(renderCtm(resultFromUtterances([timed]))).toBe('recording 1 0.000 1.000 hello\n');
});

it('is empty for silence', () => {
  expect(renderCtm(resultFromUtterances([]))).toBe('');
  expect(renderCtm(resultFromUtterances([{ ...spoken, text: '' }]))).toBe('');
});
