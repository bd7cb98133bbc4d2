import { describe, expect, it } from 'vitest';
import { foreignLetters } from '../../../core/text/alphabets.ts';
import type { RecognisedSegment } from '../../../core/transcription/recogniser.ts';
import { spokenText } from '../../../core/transcription/spoken-text.ts';

function segment(...texts: string[]): RecognisedSegment {
  const words = texts.map((text, index) => ({ text, startSeconds: index, endSeconds: index + 0.5 }));
  return { text: texts.join(' '), words, startSeconds: 0, endSeconds: texts.length };
}

const textOf = (segments: readonly RecognisedSegment[]) => segments.map(({ text }) => text);

describe('spokenText', () => {
  it('leaves out words in letters of another language, and what was said beside them stays', () => {
    expect(textOf(spokenText([segment('el', 'perro', '想', 'duerme')], 'es'))).toEqual(['el perro duerme']);
    expect(spokenText([segment('مرحبا', 'بكم')], 'en')).toEqual([]);
    expect(textOf(spokenText([{ ...segment(), text: 'el perro 想 duerme' }], 'es'))).toEqual([
      'el perro duerme',
    ]);
  });

  it('leaves out control tokens, whole or in pieces', () => {
    expect(textOf(spokenText([segment('hello', '<|en|>', 'there')], 'en'))).toEqual(['hello there']);
    expect(textOf(spokenText([segment('hello', '<|', 'en', '|>')], 'en'))).toEqual(['hello']);
    expect(spokenText([{ ...segment(), text: '<|nospeech|>' }], 'en')).toEqual([]);
  });

  it('leaves out what was written with next to no certainty', () => {
    const unsure = { ...segment('el', 'perro', 'Vale'), confidence: 0.05 };
    expect(
      spokenText([unsure, { ...segment('hola'), confidence: 0.3 }], 'es').map(({ text }) => text),
    ).toEqual(['hola']);
  });

  it('keeps what the language is written in, and Latin letters everywhere', () => {
    const texts: [string, string][] = [
      ['ja', '日本でコーヒーを'],
      ['ru', 'Привет iPhone'],
      ['ko', '안녕 漢字 TV'],
      ['hi', 'नमस्ते'],
      ['el', 'καλημέρα'],
      ['de', 'Ångström 5 µg ♪'],
    ];
    for (const [language, text] of texts) {
      const given = [segment(...text.split(' '))];
      expect(spokenText(given, language)).toEqual(given);
    }
    expect(foreignLetters('de')('ß')).toBe(false);
    expect(foreignLetters('ru')('한')).toBe(true);
  });
});
