import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isAttached,
  joinSentences,
  joinWords,
  spacing,
  spacingIn,
  type SpacedWord,
} from '../../../core/text/join-words.ts';
import { isCharacterToken, scoredTokens, splitText } from '../../../core/text/split-text.ts';
import { columnsOf } from '../../../core/text/scripts.ts';

const plain = (...texts: string[]): SpacedWord[] => texts.map((text) => ({ text }));

describe('joinWords', () => {
  it.each([
    [['good', 'morning'], 'good morning'],
    [['让', '你', '解', '释'], '让你解释'],
    [['你', '好，', '世', '界。'], '你好，世界。'],
    [['日本', 'で', 'コーヒー', 'を'], '日本でコーヒーを'],
    [['สวัสดี', 'ครับ'], 'สวัสดีครับ'],
    [['안녕하세요', '여러분'], '안녕하세요 여러분'],
    [['привет', 'мир'], 'привет мир'],
    [['第', '3', '月'], '第3月'],
    [['我', '用', 'Linux', '很', '久'], '我用 Linux 很久'],
    [['「', '好', '」', 'と'], '「好」と'],
    [['नमस्ते', 'दुनिया'], 'नमस्ते दुनिया'],
    [[], ''],
  ])('knows from the scripts of %j where spaces stand', (texts, text) => {
    expect(joinWords(plain(...texts))).toBe(text);
  });

  it('does as the words themselves say', () => {
    const word = (text: string, spaceBefore: boolean) => ({ text, spaceBefore });
    expect(joinWords([word('J', true), word("'empêche", false), word('tout', true)])).toBe("J'empêche tout");
    expect(joinWords([word('co', true), word('-wets', false)])).toBe('co-wets');
    expect(joinWords([word('你', false), word('好', true)])).toBe('你 好');
  });

  it('is told by `spacing` in as few words as possible', () => {
    expect(spacing('good', 'morning', true)).toEqual({});
    expect(spacing('J', "'empêche", false)).toEqual({ spaceBefore: false });
    expect(spacing('你', '好', false)).toEqual({});
    expect(spacing('你', '好', true)).toEqual({ spaceBefore: true });
    expect(isAttached({ text: '好' }, { text: '你' })).toBe(false);
    expect(isAttached({ text: '-wets', spaceBefore: false }, { text: 'co' })).toBe(true);
  });

  it('reads spaces back from a text', () => {
    const texts = ['我', '用', 'i', 'P', '很', '久'];
    const spaces = spacingIn('我用iP 很久', texts);
    expect(joinWords(texts.map((text, index) => ({ text, ...spaces[index] })))).toBe('我用iP 很久');
    expect(spacingIn('other text', ['a', 'missing'])).toEqual([{}, {}]);
  });
});

describe('joinSentences', () => {
  it.each([
    [['Hello.', 'Bye.'], 'Hello. Bye.'],
    [['你好。', '再见。'], '你好。再见。'],
    [['你好', '再见'], '你好再见'],
    [['สวัสดี', 'ลาก่อน'], 'สวัสดี ลาก่อน'],
    [['Hello.', '', '你好。'], 'Hello. 你好。'],
  ])('joins %j', (texts, text) => {
    expect(joinSentences(texts)).toBe(text);
  });
});

describe('splitText', () => {
  it.each([
    ['good morning', ['good', 'morning']],
    ['今天天气很好，对吗？', ['今', '天', '天', '气', '很', '好，', '对', '吗？']],
    ['「いいえ」とAliceは言った', ['「い', 'い', 'え」', 'と', 'Alice', 'は', '言っ', 'た']],
    ["don't co-operate 3,5%", ["don't", 'co-operate', '3,5%']],
    ['สวัสดีครับ', ['สวัสดี', 'ครับ']],
  ])('parts %j where a line may end', (text, words) => {
    expect(splitText(text).map((word) => word.text)).toEqual(words);
  });

  it('loses nothing but the kind of white space', () => {
    const script = fc.constantFrom(
      'a',
      'é',
      '你',
      'の',
      'ー',
      'ท',
      'ี',
      '。',
      '「',
      '」',
      ',',
      '(',
      '3',
      ' ',
      '한',
      '👍',
    );
    fc.assert(
      fc.property(fc.array(script, { maxLength: 30 }), (characters) => {
        const text = characters.join('').replace(/ +/g, ' ').trim();
        expect(joinWords(splitText(text))).toBe(text);
      }),
    );
  });
});

describe('scoredTokens', () => {
  it('counts characters where words have no spaces, words elsewhere', () => {
    expect(scoredTokens('我用 Linux 很久 now')).toEqual(['我', '用', 'Linux', '很', '久', 'now']);
    expect(scoredTokens('iPhoneを')).toEqual(['iPhone', 'を']);
    expect(scoredTokens('  안녕 세계 ')).toEqual(['안녕', '세계']);
    expect(['我', 'now'].map(isCharacterToken)).toEqual([true, false]);
  });
});

it('gives wide characters two columns', () => {
  expect(columnsOf('ab你好。')).toBe(8);
});
