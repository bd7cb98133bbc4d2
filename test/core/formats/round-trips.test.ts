import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderResult } from '../../../core/formats/index.ts';
import { readResults } from '../../../core/formats/readers.ts';
import { resultFromUtterances } from '../../../core/transcript/result-from-segments.ts';
import { isTranscript, type TranscriptResult, type Utterance } from '../../../core/result/result.ts';

/** Utterances at millisecond borders that do not overlap, as every format can hold them. */
const transcript = fc
  .array(
    fc.record({
      speaker: fc.constantFrom('Ana', 'B_2', 'Émile', '李'),
      gapMs: fc.integer({ min: 1000, max: 60_000 }),
      lengthMs: fc.integer({ min: 900, max: 5000 }),
      words: fc.array(
        fc.constantFrom('hello', 'a&b', '<i', '"quoted"', 'naïve', '你好', "it's", 'x>y', '1.'),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => {
    let positionMs = 0;
    const utterances = parts.map(({ speaker, gapMs, lengthMs, words }): Utterance => {
      const startMs = positionMs + gapMs;
      positionMs = startMs + lengthMs;
      return {
        speaker,
        startSeconds: startMs / 1000,
        endSeconds: positionMs / 1000,
        text: words.join(' '),
        words: [],
      };
    });
    return resultFromUtterances(utterances);
  });

type Row = readonly [number, number, string | null, string];

function rowsOf(result: TranscriptResult): Row[] {
  return result.utterances.map((utterance) => [
    utterance.startSeconds,
    utterance.endSeconds,
    utterance.speaker,
    utterance.text,
  ]);
}

async function throughFormat(
  result: TranscriptResult,
  name: string,
  extension: string,
): Promise<TranscriptResult> {
  const text = (await renderResult(result, name, { recordingId: 'rec' })) as string;
  const [read] = readResults(text, extension).values();
  if (read === undefined || !isTranscript(read)) throw new Error(`${name} gave no transcript`);
  return read;
}

describe('reading what was written', () => {
  it.each([
    ['stm', 'stm'],
    ['seglst', 'json'],
    ['srt', 'srt'],
    ['vtt', 'vtt'],
    ['textgrid', 'TextGrid'],
    ['json', 'json'],
  ])('%s gives the utterances back', async (name, extension) => {
    await fc.assert(
      fc.asyncProperty(transcript, async (result) => {
        expect(rowsOf(await throughFormat(result, name, extension))).toEqual(rowsOf(result));
      }),
    );
  });

  it('json gives everything back', async () => {
    await fc.assert(
      fc.asyncProperty(transcript, async (result) => {
        expect(await throughFormat(result, 'json', 'json')).toEqual(result);
      }),
    );
  });

  it('ctm gives the words back, without speakers', async () => {
    const words = ['one', 'two', 'three'].map((text, index) => ({
      text,
      speaker: 'A',
      confidence: 0.5,
      startSeconds: index,
      endSeconds: index + 0.5,
    }));
    const utterance = { speaker: 'A', startSeconds: 0, endSeconds: 2.5, text: 'one two three', words };
    const read = await throughFormat(resultFromUtterances([utterance]), 'ctm', 'ctm');
    expect(read.utterances).toEqual([
      { ...utterance, speaker: null, words: words.map((word) => ({ ...word, speaker: null })) },
    ]);
  });
});
