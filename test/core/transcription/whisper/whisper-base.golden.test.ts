/** Real Whisper base against openai-whisper's own `transcribe()` with the same graphs; the README there has the rules. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogMel, WHISPER_CHUNK_SAMPLES } from '../../../../core/dsp/log-mel.ts';
import { createRandom } from '../../../../core/math/random.ts';
import { normaliseBasic } from '../../../../core/metrics/text/text-normaliser-basic.ts';
import { tokenError } from '../../../../core/metrics/words/word-error.ts';
import { scoredTokens } from '../../../../core/text/split-text.ts';
import { detectLanguage } from '../../../../core/transcription/whisper/decode/detect-language.ts';
import {
  DEFAULT_LONG_FORM_OPTIONS,
  readLongForm,
  WINDOW_FRAMES,
} from '../../../../core/transcription/whisper/long-form.ts';
import { openWhisperNetwork } from '../../../../core/transcription/whisper/open-whisper.ts';
import type { MelFeatures, WhisperNetwork } from '../../../../core/transcription/whisper/whisper-network.ts';
import { openAudio } from '../../../../core/audio/decode.ts';
import { embeddedModelsFolder } from '../../../../models/model-folders.ts';
import { sharedPath } from '../../../support/shared.ts';
import { openOnCpu, whisperFiles } from '../../../support/whisper-stand-in.ts';

type GoldenWord = {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  readonly probability: number;
};
type GoldenDecode = {
  readonly file: string;
  readonly language: string;
  readonly languageProbabilities: Readonly<Record<string, number>>;
  readonly text: string;
  readonly minMargin: number;
  readonly segments: readonly {
    readonly text: string;
    readonly tokens: readonly number[];
    readonly temperature: number;
    readonly avgLogprob: number;
    readonly words: readonly GoldenWord[];
  }[];
};

/** Below, another processor may flip a token: the text is compared by words then. */
const SURE_MARGIN = 0.1;
const MOST_OTHER_WORDS = 2;
const WORD_SECONDS = 0.04;
const PROBABILITY = 0.02;

const path = sharedPath('data', 'golden', 'whisper-base', 'decodes.json');
const cases = path === undefined ? [] : (JSON.parse(readFileSync(path, 'utf8')) as GoldenDecode[]);

async function samplesOf(file: string): Promise<Float32Array> {
  const blocks: Float32Array[] = [];
  for await (const block of (await openAudio({ path: file })).blocks) blocks.push(block);
  const samples = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const block of blocks) {
    samples.set(block, position);
    position += block.length;
  }
  return samples;
}

describe.skipIf(path === undefined)('Whisper base', { timeout: 300_000 }, () => {
  let network: WhisperNetwork;
  const mel = new LogMel(80);

  beforeAll(async () => {
    const files = whisperFiles(`${embeddedModelsFolder()}/whisper-base-q8`);
    ({ network } = await openWhisperNetwork(files, openOnCpu));
  });
  afterAll(() => network.release());

  function featuresOf(samples: Float32Array): { features: MelFeatures; frameCount: number } {
    const padded = samples.length + WHISPER_CHUNK_SAMPLES;
    const columns = mel.frameCountOf(padded);
    const data = new Float32Array(columns * 80);
    mel.compute(samples, padded, data);
    return { features: { data, columns }, frameCount: columns - WINDOW_FRAMES };
  }

  it.each(cases.map((golden) => ({ name: golden.file, golden })))(
    'reads $name as the reference does',
    async ({ golden }) => {
      const samples = await samplesOf(sharedPath(golden.file)!);
      const { features, frameCount } = featuresOf(samples);
      const first = { seek: 0, frameCount: Math.min(frameCount, WINDOW_FRAMES) };
      const found = await detectLanguage(
        network.decoder,
        await network.encode(features, first),
        network.tokenizer,
      );
      expect(found.language).toBe(golden.language);
      for (const [code, probability] of Object.entries(golden.languageProbabilities)) {
        expect(Math.abs(found.probabilities.get(code)! - probability), code).toBeLessThanOrEqual(PROBABILITY);
      }

      const writing = {
        assignment: { language: golden.language, task: 'transcribe' as const },
        random: createRandom(0),
        stopLoops: false,
        signal: undefined,
      };
      const { segments, text } = await readLongForm(
        network.reader(features, writing),
        frameCount,
        DEFAULT_LONG_FORM_OPTIONS,
      );
      const isReproducible = golden.segments.every(({ temperature }) => temperature === 0);
      if (!isReproducible) return;
      if (golden.minMargin < SURE_MARGIN) {
        const tokens = (written: string) => scoredTokens(normaliseBasic(written));
        const { substitutions, deletions, insertions } = tokenError(tokens(golden.text), tokens(text));
        expect(substitutions + deletions + insertions, text).toBeLessThanOrEqual(MOST_OTHER_WORDS);
      } else {
        expect(text).toBe(golden.text);
        expect(segments.map(({ tokens }) => tokens)).toEqual(golden.segments.map(({ tokens }) => tokens));
      }
      if (text !== golden.text) return;
      const words = segments.flatMap((segment) => segment.words);
      const expected = golden.segments.flatMap((segment) => segment.words);
      expect(words.map((word) => word.text)).toEqual(expected.map(({ word }) => word));
      words.forEach((word, index) => {
        const { start, end, word: name } = expected[index]!;
        expect(Math.abs(word.startSeconds - start), `start of ${name}`).toBeLessThanOrEqual(
          WORD_SECONDS + 1e-9,
        );
        expect(Math.abs(word.endSeconds - end), `end of ${name}`).toBeLessThanOrEqual(WORD_SECONDS + 1e-9);
      });
    },
  );
});
