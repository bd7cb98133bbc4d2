import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../../core/math/random.ts';
import {
  DEFAULT_LONG_FORM_OPTIONS,
  type LongFormModel,
  readLongForm,
} from '../../../../core/transcription/whisper/long-form.ts';
import { openWhisperNetwork } from '../../../../core/transcription/whisper/open-whisper.ts';
import type { WhisperNetwork } from '../../../../core/transcription/whisper/whisper-network.ts';
import type { WindowDecode } from '../../../../core/transcription/whisper/decode/decode-window.ts';
import { expectClose } from '../../../support/expect-close.ts';
import { whisperFeatures, type WhisperInput } from '../../../support/golden-features.ts';
import { sharedPath } from '../../../support/shared.ts';
import { goldenFolders, goldenJson, goldenPath } from '../../../support/recogniser-goldens.ts';
import { openOnCpu, whisperFiles } from '../../../support/whisper-stand-in.ts';

type GoldenWord = { word: string; start: number; end: number; probability: number };
type LongFormCase = {
  readonly input: WhisperInput;
  readonly options: {
    readonly language: string;
    readonly condition_on_previous_text: boolean;
    readonly word_timestamps?: boolean;
    readonly initial_prompt?: string;
    readonly clip_timestamps?: string;
    readonly hallucination_silence_threshold?: number;
  };
  readonly calls: readonly {
    prompt: readonly number[];
    tokens: readonly number[];
    avgLogprob: number;
    noSpeechProb: number;
    compressionRatio: number;
  }[];
  readonly result: {
    readonly text: string;
    readonly segments: readonly {
      seek: number;
      start: number;
      end: number;
      text: string;
      tokens: readonly number[];
      words?: readonly GoldenWord[];
    }[];
  };
};

const SCORES = 1e-4;
const TIMES = 1e-6;

describe.skipIf(sharedPath('data', 'golden', 'asr', 'whisper') === undefined)('the long recordings', () => {
  it('were read by at least two models', () => {
    expect(goldenFolders('whisper').length).toBeGreaterThanOrEqual(2);
  });
});

describe.each(goldenFolders('whisper').map((model) => ({ model })))(
  'readLongForm with $model',
  ({ model }) => {
    let network: WhisperNetwork;

    beforeAll(async () => {
      const files = whisperFiles(goldenPath(`whisper/${model}`)!);
      ({ network } = await openWhisperNetwork(files, openOnCpu));
    });
    afterAll(() => network.release());

    const { cases } = goldenJson(`whisper/${model}/longform.json`) as {
      readonly cases: readonly LongFormCase[];
    };

    it.each(cases.map((golden) => ({ golden, name: JSON.stringify(golden.options) })))(
      'reads as openai-whisper does: $name',
      { timeout: 300_000 },
      async ({ golden }) => {
        const { options, input } = golden;
        const features = { data: whisperFeatures(input), columns: input.total };
        const calls: { prompt: readonly number[]; decode: WindowDecode }[] = [];
        const reader = network.reader(features, {
          assignment: { language: options.language, task: 'transcribe' },
          random: createRandom(0),
          stopLoops: false,
          signal: undefined,
        });
        const { segments, text } = await readLongForm(recorded(reader, calls), input.total, {
          ...DEFAULT_LONG_FORM_OPTIONS,
          temperatures: [0],
          conditionOnPreviousText: options.condition_on_previous_text,
          initialPrompt:
            options.initial_prompt === undefined
              ? []
              : network.tokenizer.encodePrompt(options.initial_prompt),
          clips: clipsOf(options.clip_timestamps),
          wordTimes: options.word_timestamps ?? false,
          hallucinationSilenceSeconds: options.hallucination_silence_threshold ?? null,
        });
        expect(calls.map(({ prompt, decode }) => ({ prompt, tokens: decode.tokens }))).toEqual(
          golden.calls.map(({ prompt, tokens }) => ({ prompt, tokens })),
        );
        calls.forEach(({ decode }, index) => {
          const expected = golden.calls[index]!;
          expectClose(decode.averageLogProb, expected.avgLogprob, `log-probability of ${index}`, SCORES);
          expectClose(decode.noSpeechProb, expected.noSpeechProb, `no-speech of ${index}`, SCORES);
          expectClose(decode.compressionRatio, expected.compressionRatio, 'compression ratio', 1e-9);
        });
        expect(text).toBe(golden.result.text);
        expect(segments.map((segment) => [segment.seek, segment.text, segment.tokens])).toEqual(
          golden.result.segments.map((segment) => [segment.seek, segment.text, segment.tokens]),
        );
        segments.forEach((segment, index) => {
          const expected = golden.result.segments[index]!;
          // Over a single frame the reference divides by a deviation of 0 and lands one frame before the window; such
          // segments take no time and are emptied.
          const tolerance = expected.tokens.length === 0 ? 0.02 : TIMES;
          expect(Math.abs(segment.startSeconds - expected.start)).toBeLessThanOrEqual(tolerance + 1e-9);
          expect(Math.abs(segment.endSeconds - expected.end)).toBeLessThanOrEqual(tolerance + 1e-9);
          const words = expected.words ?? [];
          expect(segment.words.map((word) => word.text)).toEqual(words.map(({ word }) => word));
          segment.words.forEach((word, place) => {
            const where = `word ${place} of ${index}`;
            expectClose(word.startSeconds, words[place]!.start, `start of ${where}`, TIMES);
            expectClose(word.endSeconds, words[place]!.end, `end of ${where}`, TIMES);
            expectClose(word.probability, words[place]!.probability, `probability of ${where}`, SCORES);
          });
        });
      },
    );
  },
);

/** Writes down every decode. */
function recorded(model: LongFormModel, calls: { prompt: readonly number[]; decode: WindowDecode }[]) {
  return {
    ...model,
    openWindow: async (place): ReturnType<LongFormModel['openWindow']> => {
      const window = await model.openWindow(place);
      return {
        ...window,
        decode: async (prompt, temperature) => {
          const decode = await window.decode(prompt, temperature);
          calls.push({ prompt, decode });
          return decode;
        },
      };
    },
  } satisfies LongFormModel;
}

function clipsOf(text: string | undefined) {
  const frames = text?.split(',').map((seconds) => Math.round(Number(seconds) * 100));
  return frames?.flatMap((startFrame, index) =>
    index % 2 === 0 ? [{ startFrame, endFrame: frames[index + 1]! }] : [],
  );
}
