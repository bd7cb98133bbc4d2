import { describe, expect, it } from 'vitest';
import { ByteLevelVocabulary } from '../../../../core/transcription/whisper/tokens/byte-level-vocabulary.ts';
import type { WindowDecode } from '../../../../core/transcription/whisper/decode/decode-window.ts';
import {
  DEFAULT_LONG_FORM_OPTIONS,
  type FrameRange,
  type LongFormModel,
  type LongFormOptions,
  readLongForm,
} from '../../../../core/transcription/whisper/long-form.ts';
import { WhisperTokenizer } from '../../../../core/transcription/whisper/tokens/whisper-tokenizer.ts';
import { expectClose } from '../../../support/expect-close.ts';
import { goldenJson } from '../../../support/recogniser-goldens.ts';

type Script = Pick<WindowDecode, 'tokens' | 'noSpeechProb' | 'compressionRatio'> & {
  readonly avgLogprob: number;
};
type ReferenceOptions = {
  readonly temperature?: number;
  readonly compression_ratio_threshold?: null;
  readonly logprob_threshold?: null;
  readonly no_speech_threshold?: null;
  readonly condition_on_previous_text?: boolean;
  readonly clip_timestamps?: string;
};
type RulesCase = {
  readonly name: string;
  readonly frames: number;
  readonly options: ReferenceOptions;
  readonly script: readonly Script[];
  readonly calls: readonly { readonly temperature: number; readonly prompt: readonly number[] }[];
  readonly segments: readonly {
    seek: number;
    start: number;
    end: number;
    text: string;
    tokens: readonly number[];
    temperature: number;
  }[];
  readonly text: string;
};

const { cases } = goldenJson('whisper/longform-rules.json') as { readonly cases: readonly RulesCase[] };

/** The pieces of the real vocabulary that the scripts use. */
const PIECES: readonly (readonly [number, string])[] = [
  [264, ' the'],
  [3857, ' cat'],
  [3227, ' sat'],
  [322, ' on'],
  [257, ' a'],
  [3803, ' mat'],
  [220, ' '],
];
const CONTROL = [
  ['<|endoftext|>', 50257],
  ['<|startoftranscript|>', 50258],
  ['<|en|>', 50259],
  ['<|translate|>', 50358],
  ['<|transcribe|>', 50359],
  ['<|startoflm|>', 50360],
  ['<|startofprev|>', 50361],
  ['<|nospeech|>', 50362],
  ['<|notimestamps|>', 50363],
] as const;
const vocabulary = new ByteLevelVocabulary(
  new Map(PIECES.map(([id, text]) => [id, new TextEncoder().encode(text)])),
  new Map(CONTROL),
);
const tokenizer = new WhisperTokenizer(vocabulary, new Map([['en', 50259]]), true, 'scripted');

/** Gives the scripted decodes in order, the last one for ever, and writes down what it was asked. */
function scriptedModel(script: readonly Script[]) {
  const calls: { temperature: number; prompt: readonly number[] }[] = [];
  const model: LongFormModel = {
    tokenizer,
    openWindow: () =>
      Promise.resolve({
        decode: (prompt, temperature) => {
          const { avgLogprob, ...decode } = script[Math.min(calls.length, script.length - 1)]!;
          calls.push({ temperature, prompt });
          return Promise.resolve({ ...decode, averageLogProb: avgLogprob, logProbs: [], temperature });
        },
        align: () => Promise.reject(new Error('no words are asked for')),
      }),
  };
  return { model, calls };
}

function optionsOf({ options, calls }: RulesCase): LongFormOptions {
  const threshold = (value: null | undefined, standard: number | null) =>
    value === undefined ? standard : value;
  const standard = DEFAULT_LONG_FORM_OPTIONS;
  return {
    temperatures: options.temperature === undefined ? standard.temperatures : [options.temperature],
    compressionRatioThreshold: threshold(
      options.compression_ratio_threshold,
      standard.compressionRatioThreshold,
    ),
    logProbThreshold: threshold(options.logprob_threshold, standard.logProbThreshold),
    noSpeechThreshold: threshold(options.no_speech_threshold, standard.noSpeechThreshold),
    conditionOnPreviousText: options.condition_on_previous_text ?? true,
    // The first call shows the initial prompt as tokens.
    initialPrompt: calls[0]!.prompt,
    clips: clipsOf(options.clip_timestamps),
    wordTimes: false,
    hallucinationSilenceSeconds: null,
  };
}

function clipsOf(text: string | undefined): FrameRange[] | undefined {
  const frames = text?.split(',').map((seconds) => Math.round(Number(seconds) * 100));
  return frames?.flatMap((startFrame, index) =>
    index % 2 === 0 ? [{ startFrame, endFrame: frames[index + 1]! }] : [],
  );
}

describe('readLongForm', () => {
  it.each(cases)('goes from window to window as openai-whisper does: $name', async (golden) => {
    const { model, calls } = scriptedModel(golden.script);
    const result = await readLongForm(model, golden.frames, optionsOf(golden));
    expect(calls).toEqual(golden.calls);
    expect(result.text).toBe(golden.text);
    expect(result.segments.map(({ seek, text, tokens }) => ({ seek, text, tokens }))).toEqual(
      golden.segments.map(({ seek, text, tokens }) => ({ seek, text, tokens })),
    );
    result.segments.forEach((segment, index) => {
      expectClose(segment.startSeconds, golden.segments[index]!.start, `start of ${index}`, 1e-9);
      expectClose(segment.endSeconds, golden.segments[index]!.end, `end of ${index}`, 1e-9);
      expect(segment.decode.temperature).toBe(golden.segments[index]!.temperature);
    });
  });

  it('ends although a window would begin where it began', async () => {
    // Two equal timestamps at 0.00 s cannot be sampled, but a damaged model may give anything.
    const stuck = { tokens: [50364, 264, 50364, 50364], avgLogprob: 0, noSpeechProb: 0, compressionRatio: 1 };
    const { model, calls } = scriptedModel([stuck]);
    await readLongForm(model, 6000, { ...DEFAULT_LONG_FORM_OPTIONS, wordTimes: false });
    expect(calls).toHaveLength(2);
  });

  it('reads nothing of no sound', async () => {
    const { model, calls } = scriptedModel([]);
    expect(await readLongForm(model, 0, DEFAULT_LONG_FORM_OPTIONS)).toEqual({ segments: [], text: '' });
    expect(calls).toEqual([]);
  });
});
