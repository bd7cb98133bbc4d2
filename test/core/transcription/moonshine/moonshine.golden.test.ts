import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MoonshineRecogniser } from '../../../../core/transcription/moonshine/moonshine.ts';
import {
  DEFAULT_RECOGNITION_OPTIONS,
  type RecognisedWord,
} from '../../../../core/transcription/recogniser.ts';
import { decodeWithFfmpeg } from '../../../support/decode.ts';
import { openEmbeddedMoonshine } from '../../../support/moonshine.ts';
import { sharedPath } from '../../../support/shared.ts';

type Golden = {
  readonly file: string;
  readonly encoderFrames: number;
  /** With the end token. */
  readonly tokens: readonly number[];
  readonly text: string;
  readonly words: readonly { text: string; startSeconds: number; endSeconds: number }[];
};

/** Of 15 recordings: a token may flip where two scores are as good as equal. */
const MOST_OTHER_TOKENS = 1;
const WORST_BORDER_SECONDS = 0.12;
const MEDIAN_BORDER_SECONDS = 0.04;

const goldenPath = sharedPath('data', 'golden', 'moonshine', 'transcripts.json');
let recogniser: MoonshineRecogniser;

beforeAll(async () => {
  recogniser = await openEmbeddedMoonshine();
});

afterAll(() => recogniser.release());

describe.skipIf(goldenPath === undefined)('MoonshineRecogniser', () => {
  it('writes the tokens, text and word times of the recorded decodes', { timeout: 300_000 }, async () => {
    const { cases } = JSON.parse(readFileSync(goldenPath!, 'utf8')) as { cases: readonly Golden[] };
    const borderErrors: number[] = [];
    const otherTokens: string[] = [];
    for (const golden of cases) {
      const samples = decodeWithFfmpeg(sharedPath(golden.file)!);
      const { tokens, frameCount } = await recogniser.decode(samples, DEFAULT_RECOGNITION_OPTIONS);
      expect(frameCount, golden.file).toBe(golden.encoderFrames);
      if (tokens.join() !== golden.tokens.slice(0, -1).join()) {
        otherTokens.push(golden.file);
        continue;
      }
      const [recognition] = await recogniser.recognise([samples], DEFAULT_RECOGNITION_OPTIONS);
      const [segment] = recognition!.segments;
      expect(segment!.text, golden.file).toBe(golden.text);
      borderErrors.push(...borderDifferences(segment!.words, golden));
    }
    expect(otherTokens.length, otherTokens.join()).toBeLessThanOrEqual(MOST_OTHER_TOKENS);
    borderErrors.sort((a, b) => a - b);
    expect(borderErrors.at(-1)).toBeLessThanOrEqual(WORST_BORDER_SECONDS);
    expect(borderErrors[borderErrors.length >> 1]).toBeLessThanOrEqual(MEDIAN_BORDER_SECONDS);
  });
});

function borderDifferences(words: readonly RecognisedWord[], golden: Golden): number[] {
  expect(words.map(({ text }) => text)).toEqual(golden.words.map(({ text }) => text));
  return words.flatMap((word, index) => [
    Math.abs(word.startSeconds - golden.words[index]!.startSeconds),
    Math.abs(word.endSeconds - golden.words[index]!.endSeconds),
  ]);
}
