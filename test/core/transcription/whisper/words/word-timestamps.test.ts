import { describe, expect, it } from 'vitest';
import type { WhisperSegment } from '../../../../../core/transcription/whisper/whisper-segment.ts';
import { addWordTimestamps } from '../../../../../core/transcription/whisper/words/word-timestamps.ts';
import { expectClose } from '../../../../support/expect-close.ts';
import { goldenJson } from '../../../../support/recogniser-goldens.ts';

type GoldenWord = { word: string; start: number; end: number; probability: number };
type GoldenSegment = { seek: number; start: number; end: number; text: string; tokens: readonly number[] };
type Golden = {
  readonly cases: readonly {
    readonly name: string;
    readonly alignment: readonly (GoldenWord & { tokens: readonly number[] })[];
    readonly segments: readonly GoldenSegment[];
    readonly lastSpeechTimestamp: number;
    readonly expected: readonly (GoldenSegment & { words: readonly GoldenWord[] })[];
  }[];
};

/** Both sides round to hundredths and then go on in double precision. */
const TOLERANCE = 1e-6;

describe('addWordTimestamps', () => {
  it.each((goldenJson('whisper/word-timestamps.json') as Golden).cases)(
    'times words as openai-whisper does: $name',
    (golden) => {
      const segments = golden.segments.map(({ seek, start, end, text, tokens }): WhisperSegment => ({
        seek,
        startSeconds: start,
        endSeconds: end,
        text,
        tokens,
        words: [],
        decode: {
          tokens,
          logProbs: [],
          averageLogProb: 0,
          noSpeechProb: 0,
          compressionRatio: 1,
          temperature: 0,
        },
      }));
      const alignment = golden.alignment.map(({ word, tokens, start, end, probability }) => ({
        text: word,
        tokens,
        startSeconds: start,
        endSeconds: end,
        probability,
      }));
      addWordTimestamps(
        segments,
        alignment,
        golden.segments[0]!.seek / 100,
        golden.lastSpeechTimestamp,
        ({ tokens }) => tokens.filter((token) => token < 50257).length,
      );
      segments.forEach((segment, index) => {
        const expected = golden.expected[index]!;
        const where = `segment ${index}`;
        expectClose(segment.startSeconds, expected.start, `${where} start`, TOLERANCE);
        expectClose(segment.endSeconds, expected.end, `${where} end`, TOLERANCE);
        expect(segment.words.map(({ text }) => text)).toEqual(expected.words.map(({ word }) => word));
        segment.words.forEach((word, place) => {
          const other = expected.words[place]!;
          expectClose(word.startSeconds, other.start, `${where} word ${place} start`, TOLERANCE);
          expectClose(word.endSeconds, other.end, `${where} word ${place} end`, TOLERANCE);
          expectClose(word.probability, other.probability, `${where} word ${place}`, TOLERANCE);
        });
      });
    },
  );
});
