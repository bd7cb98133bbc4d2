import { throwIfAborted } from '../../../errors.ts';
import type { Random } from '../../../math/random.ts';
import { pythonStrip } from '../../../text/python-white-space.ts';
import { compressionRatio } from './compression-ratio.ts';
import { loopedTokenCount } from './repetition-guard.ts';
import { applyTokenRules, type TokenRuleSet } from '../tokens/token-rules.ts';
import type { DecoderOutput, HiddenStates, WhisperDecoder } from './whisper-decoder.ts';
import type { WhisperTokenizer } from '../tokens/whisper-tokenizer.ts';

export type WindowDecodeOptions = {
  /** All tokens before the first that is written. */
  readonly initialTokens: readonly number[];
  readonly rules: TokenRuleSet;
  /** 0 takes the likeliest token; above, tokens are drawn, the flatter the higher. */
  readonly temperature: number;
  readonly random: Random;
  readonly maxTokens: number;
  /** Tokens that fit into the decoder, prompt included. */
  readonly textPositions: number;
  /** Ends a decode that repeats one phrase over and over, and drops the repeats. */
  readonly stopLoops: boolean;
  readonly signal: AbortSignal | undefined;
};

/** What was written for a window of 30 s. */
export type WindowDecode = {
  /** Without prompt and end. */
  readonly tokens: readonly number[];
  /** Natural log of each token's probability after all rules, the end's too where it was reached. */
  readonly logProbs: readonly number[];
  /** Sum of `logProbs` by one more than the number of tokens. */
  readonly averageLogProb: number;
  /** Probability of the token that says that nobody speaks. */
  readonly noSpeechProb: number;
  /** Of the text as it was written, repeats included. */
  readonly compressionRatio: number;
  readonly temperature: number;
};

/**
 * Writes down one window, token by token; of equal scores the lowest id.
 *
 * @throws CanceledError; ModelError `model_shape_mismatch` when the vocabulary is not the decoder's
 * @see openai-whisper `decoding.DecodingTask`, without beams and best-of
 */
export async function decodeWindow(
  decoder: WhisperDecoder,
  hidden: HiddenStates,
  tokenizer: WhisperTokenizer,
  options: WindowDecodeOptions,
): Promise<WindowDecode> {
  const { initialTokens, rules, temperature, random, textPositions, signal } = options;
  const tokens: number[] = [];
  const logProbs: number[] = [];
  const sequence = decoder.openSequence(hidden);
  let noSpeechProb: number;
  let looped = 0;
  try {
    let output = await sequence.begin(initialTokens);
    noSpeechProb = noSpeechProbability(output, initialTokens, tokenizer);
    for (;;) {
      throwIfAborted(signal);
      const logits = lastRow(output);
      applyTokenRules(logits, tokens, rules);
      const token = temperature === 0 ? indexOfLargest(logits) : draw(logits, temperature, random());
      logProbs.push(logProbability(logits, token));
      if (token === tokenizer.endOfText) break;
      tokens.push(token);
      if (options.stopLoops) looped = loopedTokenCount(tokens);
      const isFull = initialTokens.length + tokens.length > textPositions;
      if (looped > 0 || tokens.length >= options.maxTokens || isFull) break;
      output = await sequence.next(token);
    }
  } finally {
    sequence.release();
  }
  const sum = logProbs.reduce((total, value) => total + value, 0);
  return {
    tokens: looped > 0 ? tokens.slice(0, -looped) : tokens,
    logProbs,
    averageLogProb: sum / (tokens.length + 1),
    noSpeechProb,
    compressionRatio: compressionRatio(pythonStrip(tokenizer.resultText(tokens))),
    temperature,
  };
}

function lastRow({ logits, rowCount }: DecoderOutput): Float32Array {
  return logits.subarray(logits.length - logits.length / rowCount);
}

/** Read where the transcript starts, behind the prompt, from scores without rules. */
function noSpeechProbability(
  { logits, rowCount }: DecoderOutput,
  initialTokens: readonly number[],
  tokenizer: WhisperTokenizer,
): number {
  const scoreCount = logits.length / rowCount;
  const row = initialTokens.indexOf(tokenizer.startOfTranscript);
  const scores = logits.subarray(row * scoreCount, (row + 1) * scoreCount);
  return Math.exp(logProbability(scores, tokenizer.noSpeech));
}

function indexOfLargest(values: Float32Array): number {
  let largest = 0;
  for (let index = 1; index < values.length; index++) {
    if (values[index]! > values[largest]!) largest = index;
  }
  return largest;
}

/** Natural log of the softmax of one score among all. */
export function logProbability(logits: Float32Array, index: number): number {
  const most = logits[indexOfLargest(logits)]!;
  let sum = 0;
  for (let other = 0; other < logits.length; other++) sum += Math.exp(logits[other]! - most);
  return logits[index]! - most - Math.log(sum);
}

/** A token with the probability that the softmax of scores divided by the temperature gives it. */
function draw(logits: Float32Array, temperature: number, random: number): number {
  const largest = indexOfLargest(logits);
  const weights = new Float64Array(logits.length);
  let sum = 0;
  for (let token = 0; token < logits.length; token++) {
    weights[token] = Math.exp((logits[token]! - logits[largest]!) / temperature);
    sum += weights[token]!;
  }
  let rest = random * sum;
  for (let token = 0; token < logits.length; token++) {
    rest -= weights[token]!;
    if (rest < 0) return token;
  }
  return largest;
}
