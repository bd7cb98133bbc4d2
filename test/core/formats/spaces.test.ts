/** No format puts a space where the words have none, and readers give the text back. */
import { describe, expect, it } from 'vitest';
import { OUTPUT_FORMATS, renderResult } from '../../../core/formats/index.ts';
import { readResults } from '../../../core/formats/readers.ts';
import { assembleTranscript, type TimedWord } from '../../../core/transcript/assemble.ts';
import { resultFromTurns } from '../../../core/transcript/result-from-segments.ts';
import { isTranscript, type TranscriptResult } from '../../../core/result/result.ts';
import { joinWords } from '../../../core/text/join-words.ts';

/** What recognisers give: words, a `+` in front of those that follow without a space. */
const SPOKEN = {
  fr: {
    text: "J'empêche qu'il vienne, peut-être.",
    parts: ['J', "+'empêche", 'qu', "+'il", 'vienne,', 'peut', '+-être.'],
  },
  zh: { text: '让你解释，今天3月。', parts: ['让', '你', '解', '释，', '今', '天', '3', '月。'] },
  ja: { text: '日本でコーヒーを飲む。', parts: ['日本', 'で', 'コーヒー', 'を', '飲む。'] },
  th: { text: 'สวัสดีครับทุกคน', parts: ['สวัสดี', 'ครับ', 'ทุก', 'คน'] },
  en: { text: 'The co-workers said good-bye.', parts: ['The', 'co', '+-workers', 'said', 'good', '+-bye.'] },
} as const;
type Language = keyof typeof SPOKEN;
const LANGUAGES = Object.keys(SPOKEN) as Language[];

function transcriptOf(language: Language): TranscriptResult {
  const words = SPOKEN[language].parts.map((part, index): TimedWord => {
    const attached = part.startsWith('+');
    return {
      text: attached ? part.slice(1) : part,
      ...(attached ? { spaceBefore: false } : {}),
      startSeconds: index * 0.4,
      endSeconds: index * 0.4 + 0.35,
    };
  });
  const endSeconds = words.at(-1)!.endSeconds;
  const turns = resultFromTurns([{ startSeconds: 0, endSeconds, speaker: 'A' }]);
  const text = { startSeconds: 0, endSeconds, text: joinWords(words), words };
  return assembleTranscript([text], { ...turns, exclusiveTurns: turns.turns }, language);
}

async function rendered(result: TranscriptResult, format: string): Promise<string> {
  const written = await renderResult(result, format, { recordingId: 'rec' });
  return typeof written === 'string' ? written : '';
}

/** Without markup, line ends within cues, and escapes: what a reader reads. */
function readable(text: string): string {
  return text
    .replaceAll(/\\(?=[-"'])/g, '')
    .replaceAll('&apos;', "'")
    .replaceAll('&#39;', "'");
}

describe.each(LANGUAGES)('a transcript in %s', (language) => {
  const { text } = SPOKEN[language];
  const result = transcriptOf(language);

  it('reads as it is written', () => {
    expect(result.utterances.map((utterance) => utterance.text)).toEqual([text]);
  });

  const withText = Object.entries(OUTPUT_FORMATS)
    .filter(
      ([name, { takes }]) =>
        takes === 'words' || ['json', 'text', 'csv', 'audacity', 'textgrid', 'elan'].includes(name),
    )
    .map(([name]) => name)
    // Cues of WhisperX put a space between words of every language but Chinese and Japanese.
    .filter((name) => !['docx', 'ctm', 'gecko', 'whisperx-srt', 'whisperx-vtt'].includes(name));

  it.each(withText)('has its text in %s', async (format) => {
    expect(readable(await rendered(result, format))).toContain(text);
  });

  it.each([
    ['json', 'json'],
    ['srt', 'srt'],
    ['vtt', 'vtt'],
    ['ctm', 'ctm'],
    ['stm', 'stm'],
    ['seglst', 'json'],
    ['textgrid', 'textgrid'],
  ])('comes back from %s', async (format, extension) => {
    const [read] = readResults(await rendered(result, format), extension).values();
    if (read === undefined || !isTranscript(read)) throw new Error('no transcript');
    expect(read.utterances.map((utterance) => utterance.text)).toEqual([text]);
  });

  it('highlights words without tearing any apart', async () => {
    const options = { subtitles: { highlightWords: true } };
    const cues = (await renderResult(result, 'srt', options)) as string;
    for (const block of cues.trim().split('\n\n')) {
      expect(
        block
          .split('\n')
          .slice(2)
          .join('')
          .replaceAll(/<\/?u>/g, '')
          .replace('A: ', ''),
      ).toBe(text);
    }
  });
});

it('breaks lines of subtitles between Chinese characters, never before punctuation or inside J’empêche', async () => {
  const options = { subtitles: { maxLineCharacters: 10, speakerNames: false } };
  const lines = async (language: Language) =>
    ((await renderResult(transcriptOf(language), 'srt', options)) as string)
      .split('\n')
      .filter((line) => line !== '' && !/^\d+$|-->/.test(line));
  expect(await lines('zh')).toEqual(['让你解释，', '今天3月。']);
  expect(await lines('fr')).toEqual(["J'empêche", "qu'il", 'vienne,', 'peut-être.']);
});

it('writes one word a line where tools count words', async () => {
  expect((await rendered(transcriptOf('fr'), 'ctm')).split('\n')[0]).toBe("rec 1 0.000 0.750 J'empêche");
  const { words } = JSON.parse(await rendered(transcriptOf('fr'), 'nemo-json')) as {
    words: { word: string }[];
  };
  expect(words.map(({ word }) => word)).toEqual(["J'empêche", "qu'il", 'vienne,', 'peut-être.']);
  expect(transcriptOf('fr').speakers[0]!.wordCount).toBe(4);
});
