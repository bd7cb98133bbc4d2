import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../../../core/math/random.ts';
import { decodeWindow } from '../../../../../core/transcription/whisper/decode/decode-window.ts';
import { detectLanguage } from '../../../../../core/transcription/whisper/decode/detect-language.ts';
import { openWhisperNetwork } from '../../../../../core/transcription/whisper/open-whisper.ts';
import {
  alignmentMatrix,
  alignWords,
} from '../../../../../core/transcription/whisper/words/word-alignment.ts';
import type { HiddenStates } from '../../../../../core/transcription/whisper/decode/forms/decoder-tensors.ts';
import type { WhisperNetwork } from '../../../../../core/transcription/whisper/whisper-network.ts';
import { alignmentOfHeads, firstFrames, warpTime } from '../../../../../core/transcription/word-timing.ts';
import { expectArrayClose } from '../../../../support/close-to.ts';
import { expectClose } from '../../../../support/expect-close.ts';
import { whisperFeatures, type WhisperInput } from '../../../../support/golden-features.ts';
import { readNpy } from '../../../../support/npy.ts';
import { sharedPath } from '../../../../support/shared.ts';
import { goldenFolders, goldenJson, goldenPath } from '../../../../support/recogniser-goldens.ts';
import { openOnCpu, whisperFiles } from '../../../../support/whisper-stand-in.ts';

type DecodeCase = {
  readonly name: string;
  readonly input: WhisperInput;
  readonly timestamps: boolean;
  readonly prompt: readonly number[];
  readonly maxNewTokens: number;
  /** With the end, where it was reached. */
  readonly tokens: readonly number[];
  readonly logprobs: readonly number[];
  readonly rawFirstLogits: { readonly ids: readonly number[]; readonly values: readonly number[] };
  readonly hiddenSample: readonly number[];
  readonly wordTimes: {
    readonly numFrames: number;
    readonly numInputIds: number;
    readonly matrix: string;
    readonly textIndices: readonly number[];
    readonly timeIndices: readonly number[];
    readonly tokenTimes: readonly number[];
    readonly attention?: string;
  };
  readonly openai: {
    readonly tokens: readonly number[];
    readonly avgLogprob: number;
    readonly noSpeechProb: number;
    readonly compressionRatio: number;
    readonly textTokens: readonly number[];
    readonly findAlignment: readonly {
      word: string;
      tokens: readonly number[];
      start: number;
      end: number;
      probability: number;
    }[];
    readonly matrix?: string;
  };
};
type DecodeFile = {
  readonly language: readonly {
    input: WhisperInput;
    language: string;
    probs: Readonly<Record<string, number>>;
  }[];
  readonly cases: readonly DecodeCase[];
};

const SCORES = 1e-4;
const LOGITS = 1e-3;
const MATRIX = 1e-3;
const TIMES = 1e-6;

const models = goldenFolders('whisper').flatMap((model) => {
  const folder = goldenPath(`whisper/${model}`)!;
  const exports = ['merged', 'pair'] as const;
  return exports
    .filter((kind) => kind === 'merged' || existsSync(join(folder, 'decoder_with_past_model.onnx')))
    .map((kind) => ({ model, kind, folder }));
});

describe.skipIf(sharedPath('data', 'golden', 'asr', 'whisper') === undefined)(
  'the stand-ins of Whisper',
  () => {
    it('come as merged graphs and as pairs', () => {
      expect(new Set(models.map(({ kind }) => kind))).toEqual(new Set(['merged', 'pair']));
    });
  },
);

describe.each(models)('$model, $kind', ({ model, kind, folder }) => {
  const golden = goldenJson(`whisper/${model}/decode.json`) as DecodeFile;
  let network: WhisperNetwork;

  beforeAll(async () => {
    ({ network } = await openWhisperNetwork(whisperFiles(folder, kind), openOnCpu));
  });
  afterAll(() => network.release());

  const encode = ({ input }: { input: WhisperInput }): Promise<HiddenStates> =>
    network.encode({ data: whisperFeatures(input), columns: input.total }, { seek: 0, frameCount: 3000 });

  const decode = async (sample: DecodeCase, maxTokens = sample.maxNewTokens) =>
    decodeWindow(network.decoder, await encode(sample), network.tokenizer, {
      initialTokens: sample.prompt,
      rules: network.rules(sample.timestamps),
      temperature: 0,
      random: createRandom(0),
      maxTokens,
      textPositions: network.config.textPositions,
      stopLoops: false,
      signal: undefined,
    });

  it.each(golden.language)('hears $language with the probabilities of openai-whisper', async (sample) => {
    const detected = await detectLanguage(network.decoder, await encode(sample), network.tokenizer);
    expect(detected.language).toBe(sample.language);
    for (const [code, probability] of Object.entries(sample.probs))
      expectClose(detected.probabilities.get(code)!, probability, code, SCORES);
  });

  it.each(golden.cases)('writes the tokens and scores of transformers: $name', async (sample) => {
    const { tokens, logProbs } = await decode(sample);
    expect(tokens).toEqual(sample.tokens.filter((token) => token !== network.tokenizer.endOfText));
    expect(logProbs).toHaveLength(sample.logprobs.length);
    expectArrayClose(logProbs, sample.logprobs, { maxAbs: SCORES }, 'log-probabilities');
  });

  it.each(golden.cases)('scores as openai-whisper does: $name', async (sample) => {
    const { openai } = sample;
    const result = await decode(sample, network.config.textPositions >> 1);
    expect(result.tokens).toEqual(openai.tokens);
    expectClose(result.averageLogProb, openai.avgLogprob, 'average log-probability', SCORES);
    expectClose(result.noSpeechProb, openai.noSpeechProb, 'no-speech probability', SCORES);
    expectClose(result.compressionRatio, openai.compressionRatio, 'compression ratio', 1e-9);
  });

  it.each(golden.cases)('has the hidden states and first scores of the reference: $name', async (sample) => {
    const hidden = await encode(sample);
    const width = hidden.dims[2]!;
    const firstValues = [0, 1, 749, 1499].map((position) => hidden.data[position * width]!);
    expectArrayClose(firstValues, sample.hiddenSample, { maxAbs: 1e-4 }, 'hidden');
    const { logits, rowCount } = await network.decoder.runOnce(hidden, sample.prompt, []);
    const last = logits.subarray(logits.length - logits.length / rowCount);
    const { ids, values } = sample.rawFirstLogits;
    const scores = ids.map((id) => last[id]!);
    expectArrayClose(scores, values, { maxAbs: LOGITS }, 'logits');
  });

  it.each(golden.cases)('times words as openai-whisper does: $name', async (sample) => {
    const { openai, wordTimes } = sample;
    const hidden = await encode(sample);
    const assignment = { language: 'en', task: 'transcribe' } as const;
    const { alignmentHeads: heads } = network.config;
    const words = await alignWords(network.decoder, hidden, network.tokenizer, openai.textTokens, {
      assignment,
      heads,
      melFrameCount: wordTimes.numFrames,
      signal: undefined,
    });
    expect(words.map(({ text }) => text)).toEqual(openai.findAlignment.map(({ word }) => word));
    words.forEach((word, index) => {
      const expected = openai.findAlignment[index]!;
      expect(word.tokens).toEqual(expected.tokens);
      expectClose(word.startSeconds, expected.start, `start of ${index}`, TIMES);
      expectClose(word.endSeconds, expected.end, `end of ${index}`, TIMES);
      expectClose(word.probability, expected.probability, `probability of ${index}`, SCORES);
    });
    if (openai.matrix === undefined) return;
    const start = network.tokenizer.startTokens(assignment);
    const tokens = [
      ...start,
      network.tokenizer.noTimestamps,
      ...openai.textTokens,
      network.tokenizer.endOfText,
    ];
    const output = await network.decoder.runOnce(hidden, tokens, [0, 1]);
    const matrix = alignmentMatrix(output, heads, wordTimes.numFrames >> 1, start.length);
    expectArrayClose(
      { shape: [matrix.rows, matrix.columns], data: matrix.data },
      npy(openai.matrix),
      { maxAbs: MATRIX },
      'matrix',
    );
  });

  /** Proves the attentions of every cached step, and what word times from the decode itself would be. */
  it.each(golden.cases)('gives the attentions that transformers times tokens by: $name', async (sample) => {
    const { wordTimes } = sample;
    const frameCount = wordTimes.numFrames >> 1;
    const rows = await attentionsOfSteps(network, await encode(sample), sample, frameCount);
    if (wordTimes.attention !== undefined) expectRows(rows, npy(wordTimes.attention));
    const matrix = alignmentOfHeads(rows.slice(sample.prompt.length), frameCount);
    expectArrayClose(
      { shape: [matrix.rows, matrix.columns], data: matrix.data },
      npy(wordTimes.matrix),
      { maxAbs: MATRIX },
      'matrix',
    );
    const path = warpTime({ ...matrix, data: matrix.data.map((value) => -value) });
    expect([...path.rows]).toEqual(wordTimes.textIndices);
    expect([...path.columns]).toEqual(wordTimes.timeIndices);
    const times = Array.from(firstFrames(path), (frame) => frame / 50);
    const tokenTimes = [...sample.prompt.map(() => 0), ...times, times.at(-1)!];
    expectArrayClose(tokenTimes, wordTimes.tokenTimes, { maxAbs: TIMES }, 'token times');
  });

  const npy = (name: string) => {
    const { data, shape } = readNpy(goldenPath(`whisper/${model}/${name}`)!);
    return { data: data as Float32Array, shape };
  };
});

/** Runs the tokens of a case step by step; by row (the prompt's too): [alignment heads, frames]. */
async function attentionsOfSteps(
  network: WhisperNetwork,
  hidden: HiddenStates,
  sample: DecodeCase,
  frameCount: number,
): Promise<Float32Array[]> {
  const { alignmentHeads: heads } = network.config;
  const layers = [...new Set(heads.map(({ layer }) => layer))];
  const sequence = network.decoder.openSequence(hidden, layers);
  const rows: Float32Array[] = [];
  try {
    let output = await sequence.begin(sample.prompt);
    for (let step = 0; ; step++) {
      for (let row = 0; row < output.rowCount; row++) {
        const weights = new Float32Array(heads.length * frameCount);
        heads.forEach(({ layer, head }, index) => {
          const { data, dims } = output.attentions.get(layer)!;
          const offset = (head * output.rowCount + row) * dims[3]!;
          weights.set(data.subarray(offset, offset + frameCount), index * frameCount);
        });
        rows.push(weights);
      }
      // The last token is never fed.
      if (step === sample.tokens.length - 1) return rows;
      output = await sequence.next(sample.tokens[step]!);
    }
  } finally {
    sequence.release();
  }
}

function expectRows(rows: readonly Float32Array[], golden: { data: Float32Array; shape: readonly number[] }) {
  const [headCount, rowCount, frameCount] = golden.shape as [number, number, number];
  const stacked = new Float32Array(golden.data.length);
  for (let row = 0; row < rowCount; row++) {
    for (let head = 0; head < headCount; head++) {
      const part = rows[row]!.subarray(head * frameCount, (head + 1) * frameCount);
      stacked.set(part, (head * rowCount + row) * frameCount);
    }
  }
  expectArrayClose(stacked, golden.data, { maxAbs: 1e-4 }, 'attention');
}
