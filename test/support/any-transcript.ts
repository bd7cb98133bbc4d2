import fc from 'fast-check';
import { resultFromUtterances } from '../../core/transcript/result-from-segments.ts';
import type { TranscriptResult, Utterance } from '../../core/result/result.ts';

/** What tends to break formats: markup, arrows, control characters, other scripts, half characters, long words. */
const AWKWARD = [
  '-->', '--', '<v x>', '</v>', '&amp;', '"', "'", '""', '\t', '\n', '\r\n', '\u0000', '\u0007', '\u2028', '\uFEFF',
  '=1+1', '@x', '[00:01.00]', ';;', '<NA>', 'مرحبا', 'שלום', '👩‍👩‍👧', '\uD800', '\uFFFE', 'a: b', '|', '<!--', ']]>', ',', '\\',
  '{\\an8}', '\u202E', 'w'.repeat(10_000),
]; // prettier-ignore

/** A word or name as nobody would wish for. */
export const awkwardText = fc.oneof(
  fc.constantFrom(...AWKWARD),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.tuple(fc.constantFrom('hello', 'x'), fc.constantFrom(...AWKWARD)).map((parts) => parts.join('')),
);

/** A transcript with such words and names; utterances may overlap. */
export function anyTranscript(text: fc.Arbitrary<string>): fc.Arbitrary<TranscriptResult> {
  const utterance = fc
    .record({
      speaker: fc.option(text, { nil: null }),
      start: fc.nat(7_200_000),
      words: fc.array(text, { minLength: 1, maxLength: 6 }),
      wordMs: fc.integer({ min: 1, max: 2000 }),
      timed: fc.boolean(),
    })
    .map(({ speaker, start, words, wordMs, timed }): Utterance => {
      const at = (index: number): number => (start + index * wordMs) / 1000;
      return {
        speaker,
        startSeconds: at(0),
        endSeconds: at(words.length),
        text: words.join(' '),
        words: timed
          ? words.map((word, index) => ({
              text: word,
              speaker,
              startSeconds: at(index),
              endSeconds: at(index + 1),
            }))
          : [],
      };
    });
  return fc.array(utterance, { maxLength: 6 }).map((utterances) => resultFromUtterances(utterances));
}
