import { describe, expect, it } from 'vitest';
import { joinWords } from '../../../../core/text/join-words.ts';
import { Vocabulary } from '../../../../core/transcription/moonshine/vocabulary.ts';

const PIECES = [
  '<unk>',
  '<s>',
  '</s>',
  '<0xF0>',
  '<0x9F>',
  '<0x98>',
  '<0x80>',
  '▁Hi',
  '▁',
  'there',
  ',',
  '<0xC3>',
];
const vocabulary = Vocabulary.parse(JSON.stringify(PIECES), 'test');

describe('Vocabulary', () => {
  it('turns space marks into spaces and bytes into characters, control pieces into nothing', () => {
    expect(vocabulary.decode([1, 7, 10, 8, 9, 2])).toBe('Hi, there');
    expect(vocabulary.decode([7, 3, 4, 5, 6])).toBe('Hi😀');
  });

  it('writes U+FFFD for bytes that are no character, and nothing for unknown ids', () => {
    expect(vocabulary.decode([7, 11])).toBe('Hi\uFFFD');
    expect(vocabulary.decode([7, 999])).toBe('Hi');
  });

  it('opens a word at each space mark and leaves out words without text', () => {
    expect(vocabulary.words([7, 10, 8, 9])).toEqual([
      { text: 'Hi,', firstToken: 0, endToken: 2 },
      { text: 'there', firstToken: 2, endToken: 4 },
    ]);
    expect(vocabulary.words([8, 7])).toEqual([{ text: 'Hi', firstToken: 1, endToken: 2 }]);
    expect(vocabulary.words([])).toEqual([]);
  });

  it('opens a word at each character of a script without spaces, bytes included', () => {
    const japanese = Vocabulary.parse(
      JSON.stringify(['▁', '日本', 'で', '<0xE9>', '<0xA3>', '<0xB2>', '。', 'iPad']),
      'test',
    );
    expect(japanese.words([0, 1, 2, 3, 4, 5, 6, 7])).toEqual([
      { text: '日本', firstToken: 1, endToken: 2 },
      { text: 'で', firstToken: 2, endToken: 3 },
      { text: '飲。', firstToken: 3, endToken: 7 },
      { text: 'iPad', firstToken: 7, endToken: 8 },
    ]);
    expect(joinWords(japanese.words([0, 1, 2, 7]))).toBe('日本でiPad');
  });

  it('reads the tokenizer.json of Hugging Face', () => {
    const vocab = Object.fromEntries(PIECES.map((piece, id) => [piece, id]));
    const tokenizer = Vocabulary.parse(JSON.stringify({ model: { type: 'BPE', vocab } }), 'test');
    expect(tokenizer.size).toBe(PIECES.length);
    expect(tokenizer.decode([7, 10, 8, 9])).toBe('Hi, there');
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '[1, 2]',
    '{"model": {"vocab": {"a": -1}}}',
    '{"model": {"vocab": {"a": 1e9}}}',
  ])('refuses %s', (json) => {
    expect(() => Vocabulary.parse(json, 'test')).toThrow(
      expect.objectContaining({ code: 'model_shape_mismatch' }),
    );
  });
});
