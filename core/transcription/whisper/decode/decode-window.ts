import { throwIfAborted } from '../../../errors.ts';
import type { Random } from '../../../math/random.ts';
import { pythonStrip } from '../../../text/python-white-space.ts';
import { compressionRatio } from './compression-ratio.ts';
import { loopedTokenCount } from './repetition-guard.ts';
import { applyTokenRules, type TokenRuleSet } from '../tokens/token-rules.ts';
import type { FoundLanguage } from '../../recogniser.ts';
import { likeliestLanguage } from './detect-language.ts';
import type { DecoderBatch } from './forms/decoder-batch.ts';
import type { WhisperDecoder } from './whisper-decoder.ts';
import type { DecoderOutput, HiddenStates } from './forms/decoder-tensors.ts';
import type { WhisperTokenizer } from '../tokens/whisper-tokenizer.ts';
import { indexOfLargest } from '../../../math/extremes.ts';

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
  /** What language the window sounds like, whatever it was written in; `null` for a model that knows one only. */
  readonly heardLanguage?: FoundLanguage | null;
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
  const batch = decoder.openBatch([hidden]);
  try {
    return (await decodeTogether(batch, tokenizer, [options]))[0]!;
  } finally {
    batch.release();
  }
}

/**
 * Writes down the windows of a batch together, as each would be alone.
 *
 * @param options by window; they begin with equally many tokens
 * @throws what `decodeWindow` throws
 */
export async function decodeTogether(
  batch: DecoderBatch,
  tokenizer: WhisperTokenizer,
  options: readonly WindowDecodeOptions[],
): Promise<WindowDecode[]> {
  const writers = options.map((own) => new WindowWriter(tokenizer, own));
  let outputs = await batch.begin(options.map(({ initialTokens }) => initialTokens));
  writers.forEach((writer, row) => writer.begin(outputs[row]!));
  // Those that are computed; some in the middle may have ended.
  let computed: readonly WindowWriter[] = writers;
  for (;;) {
    throwIfAborted(options[0]!.signal);
    const tokens = computed.map((writer, row) => writer.take(outputs[row]!));
    const isOpen = (token: number | undefined): boolean => token !== undefined;
    const [first, end] = [tokens.findIndex(isOpen), tokens.findLastIndex(isOpen) + 1];
    if (end === 0) return writers.map((writer) => writer.result());
    if (end - first < computed.length) batch.keepRows(first, end);
    computed = computed.slice(first, end);
    outputs = await batch.next(tokens.slice(first, end).map((token) => token ?? tokenizer.endOfText));
  }
}

/** What is written down of one window. */
class WindowWriter {
  readonly #tokenizer: WhisperTokenizer;
  readonly #options: WindowDecodeOptions;
  readonly #tokens: number[] = [];
  readonly #logProbs: number[] = [];
  #noSpeechProb = 0;
  #heardLanguage: FoundLanguage | null = null;
  #looped = 0;
  #isOver = false;

  constructor(tokenizer: WhisperTokenizer, options: WindowDecodeOptions) {
    this.#tokenizer = tokenizer;
    this.#options = options;
  }

  /** Looks at the scores where the transcript starts, behind the prompt, before any rule. */
  begin({ logits, rowCount }: DecoderOutput): void {
    const scoreCount = logits.length / rowCount;
    const row = this.#options.initialTokens.indexOf(this.#tokenizer.startOfTranscript);
    const scores = logits.subarray(row * scoreCount, (row + 1) * scoreCount);
    this.#noSpeechProb = Math.exp(logProbability(scores, this.#tokenizer.noSpeech));
    this.#heardLanguage = likeliestLanguage(scores, this.#tokenizer.languages);
  }

  /** The next token; undefined once nothing more is written. */
  take(output: DecoderOutput): number | undefined {
    if (this.#isOver) return undefined;
    const { initialTokens, rules, temperature, random, maxTokens, textPositions, stopLoops } = this.#options;
    const logits = lastRow(output);
    const tokens = this.#tokens;
    applyTokenRules(logits, tokens, rules);
    const token = temperature === 0 ? indexOfLargest(logits) : draw(logits, temperature, random());
    this.#logProbs.push(logProbability(logits, token));
    this.#isOver = token === this.#tokenizer.endOfText;
    if (this.#isOver) return undefined;
    tokens.push(token);
    if (stopLoops) this.#looped = loopedTokenCount(tokens);
    const isFull = initialTokens.length + tokens.length > textPositions;
    this.#isOver = this.#looped > 0 || tokens.length >= maxTokens || isFull;
    return this.#isOver ? undefined : token;
  }

  result(): WindowDecode {
    const tokens = this.#tokens;
    const sum = this.#logProbs.reduce((total, value) => total + value, 0);
    return {
      tokens: this.#looped > 0 ? tokens.slice(0, -this.#looped) : tokens,
      logProbs: this.#logProbs,
      averageLogProb: sum / (tokens.length + 1),
      noSpeechProb: this.#noSpeechProb,
      compressionRatio: compressionRatio(pythonStrip(this.#tokenizer.resultText(tokens))),
      temperature: this.#options.temperature,
      heardLanguage: this.#heardLanguage,
    };
  }
}

function lastRow({ logits, rowCount }: DecoderOutput): Float32Array {
  return logits.subarray(logits.length - logits.length / rowCount);
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
