import { throwIfAborted } from '../../../errors.ts';
import type { Matrix } from '../../../math/matrix.ts';
import { alignmentOfHeads, firstFrames, warpTime } from '../../word-timing.ts';
import { logProbability } from '../decode/decode-window.ts';
import type { DraftWord } from '../tokens/merge-punctuation.ts';
import type { WordTokens } from '../tokens/split-words.ts';
import type { AttentionHead } from '../whisper-config.ts';
import type { WhisperDecoder } from '../decode/whisper-decoder.ts';
import type { DecoderOutput, HiddenStates } from '../decode/forms/decoder-tensors.ts';
import type { Assignment, WhisperTokenizer } from '../tokens/whisper-tokenizer.ts';

/** Encoder frames a second. */
const FRAMES_PER_SECOND = 50;

type ReadTokens = (tokens: readonly number[], layers: readonly number[]) => Promise<DecoderOutput>;

export type AlignmentRequest = {
  readonly assignment: Assignment;
  readonly heads: readonly AttentionHead[];
  /** Mel frames of the window that hold sound; the rest is padding and is not looked at. */
  readonly melFrameCount: number;
  readonly signal: AbortSignal | undefined;
};

/**
 * Words of a window with their times, from one more run of the decoder over the finished text.
 *
 * This follows openai-whisper: no timestamps among the tokens, weights standardised over all rows, those of the prompt
 * and of the end left out afterwards. transformers takes the attentions of the decode itself instead and leaves the
 * prompt out before; that saves the run, but its times depend on timestamps being written, and its borders differ.
 * The run costs as much as reading a prompt of that length.
 *
 * @param textTokens without control tokens
 * @param read runs the decoder over tokens of the window, see `WhisperDecoder.runOnce`
 * @returns words in order, spaces and punctuation as the tokens have them; none without text
 * @throws CanceledError
 * @see openai-whisper `timing.find_alignment`
 */
export async function timeTokens(
  read: ReadTokens,
  tokenizer: WhisperTokenizer,
  textTokens: readonly number[],
  request: AlignmentRequest,
): Promise<DraftWord[]> {
  const words = tokenizer.splitWords([...textTokens, tokenizer.endOfText], request.assignment.language);
  const frameCount = request.melFrameCount >> 1;
  if (words.length <= 1 || frameCount === 0) return [];
  throwIfAborted(request.signal);
  const start = tokenizer.startTokens(request.assignment);
  const tokens = [...start, tokenizer.noTimestamps, ...textTokens, tokenizer.endOfText];
  const layers = [...new Set(request.heads.map(({ layer }) => layer))];
  const output = await read(tokens, layers);
  const matrix = alignmentMatrix(output, request.heads, frameCount, start.length);
  const frames = firstFrames(warpTime({ ...matrix, data: matrix.data.map((value) => -value) }));
  const probabilities = textTokens.map((token, index) =>
    textProbability(output, start.length + index, token, tokenizer.endOfText),
  );
  return timeWords(words.slice(0, -1), frames, probabilities);
}

/** The same of a window alone. */
export function alignWords(
  decoder: WhisperDecoder,
  hidden: HiddenStates,
  tokenizer: WhisperTokenizer,
  textTokens: readonly number[],
  request: AlignmentRequest,
): Promise<DraftWord[]> {
  const read: ReadTokens = (tokens, layers) => decoder.runOnce(hidden, tokens, layers);
  return timeTokens(read, tokenizer, textTokens, request);
}

/**
 * How much each token after the start looked at each frame: heads averaged, the last row left out.
 *
 * @param frameCount encoder frames that hold sound
 * @param startRows rows of the start tokens
 */
export function alignmentMatrix(
  { attentions, rowCount }: Pick<DecoderOutput, 'attentions' | 'rowCount'>,
  heads: readonly AttentionHead[],
  frameCount: number,
  startRows: number,
): Matrix {
  const rows: Float32Array[] = [];
  for (let row = 0; row < rowCount; row++) {
    const weights = new Float32Array(heads.length * frameCount);
    heads.forEach(({ layer, head }, index) => {
      const { data, dims } = attentions.get(layer)!;
      const offset = (head * rowCount + row) * dims[3]!;
      const target = weights.subarray(index * frameCount, (index + 1) * frameCount);
      normalize(data.subarray(offset, offset + frameCount), target);
    });
    rows.push(weights);
  }
  const { data } = alignmentOfHeads(rows, frameCount);
  const kept = rowCount - startRows - 1;
  return {
    data: data.subarray(startRows * frameCount, (startRows + kept) * frameCount),
    rows: kept,
    columns: frameCount,
  };
}

/** Graphs give weights after a softmax over all frames; over fewer frames it is the same, scaled to a sum of 1. */
function normalize(weights: Float32Array, out: Float32Array): void {
  let sum = 0;
  for (let frame = 0; frame < weights.length; frame++) sum += weights[frame]!;
  if (sum > 0) for (let frame = 0; frame < weights.length; frame++) out[frame] = weights[frame]! / sum;
}

/** Probability of a text token among all text tokens. */
function textProbability(output: DecoderOutput, row: number, token: number, endOfText: number): number {
  const scoreCount = output.logits.length / output.rowCount;
  const scores = output.logits.subarray(row * scoreCount, row * scoreCount + endOfText);
  return Math.exp(logProbability(scores, token));
}

/** @param frames where each token begins, and where the last one ends */
function timeWords(
  words: readonly WordTokens[],
  frames: Int32Array,
  probabilities: readonly number[],
): DraftWord[] {
  let first = 0;
  return words.map(({ text, tokens }) => {
    const end = first + tokens.length;
    const word: DraftWord = {
      text,
      tokens,
      startSeconds: frames[first]! / FRAMES_PER_SECOND,
      endSeconds: frames[end]! / FRAMES_PER_SECOND,
      probability: probabilities.slice(first, end).reduce((sum, value) => sum + value, 0) / tokens.length,
    };
    first = end;
    return word;
  });
}
