import { ModelError, throwIfAborted } from '../../errors.ts';
import { openChain, type SessionChain } from '../../inference/session-chain.ts';
import type { Session, Tensor } from '../../inference/session.ts';
import { indexOfLargest } from '../../math/extremes.ts';
import type { NemoTokens } from './decoded-tokens.ts';
import type { NemoVocabulary } from './nemo-vocabulary.ts';
import { floatOutput } from '../../inference/model-output.ts';

const STATES = [
  { input: 'input_states_1', output: 'output_states_1' },
  { input: 'input_states_2', output: 'output_states_2' },
] as const;
const FETCHES = ['outputs', ...STATES.map(({ output }) => output)];

/** TDT models have about five durations; far more scores are those of another vocabulary. */
const MOST_DURATIONS = 32;

export type TransducerKind = 'rnnt' | 'tdt';

export type TransducerOptions = {
  /** Durations follow the token scores (TDT), or not (RNN-T); `undefined`: told by the number of scores. */
  readonly kind: TransducerKind | undefined;
  /** After so many tokens the next frame is read, whatever the network says: some would never leave a frame. */
  readonly maxTokensPerFrame: number;
  /** Shape of each of the two states, for one row. */
  readonly stateDims: readonly [readonly number[], readonly number[]];
  /** Scores of a run: tokens, then durations. */
  readonly scoreCount: number;
};

/** Encoder output of one row: [channels, frames of the batch], and how many frames count. */
export type EncodedRow = {
  readonly data: Float32Array;
  readonly channels: number;
  readonly columns: number;
  readonly frameCount: number;
};

/**
 * Greedy decoding of transducers (RNN-T) and of token-and-duration transducers (TDT).
 *
 * One prediction step a run: the graph joins prediction network and joint. A blank leaves state and last token as they
 * are. TDT jumps by its duration; with duration 0 it stays for the next token, unless that is a blank or the frame has
 * had its share.
 *
 * @see onnx-asr `_AsrWithTransducerDecoding`, which this equals call by call
 * @see H. Xu et al., "Efficient Sequence Transduction by Jointly Predicting Tokens and Durations", ICML 2023
 */
export class TransducerDecoder {
  readonly #session: Session;
  readonly #vocabulary: NemoVocabulary;
  readonly #options: TransducerOptions;

  /** @throws ModelError `model_shape_mismatch` when the vocabulary is not the graph's */
  constructor(session: Session, vocabulary: NemoVocabulary, options: TransducerOptions) {
    const { kind, scoreCount } = options;
    const durationCount = scoreCount - vocabulary.size;
    const fits =
      (durationCount === 0 && kind !== 'tdt') ||
      (durationCount > 0 && durationCount <= MOST_DURATIONS && kind !== 'rnnt');
    if (!fits) {
      const { id } = session.model;
      throw new ModelError(
        'model_shape_mismatch',
        `The decoder of ${id} gives ${scoreCount} scores, its vocabulary has ${vocabulary.size} pieces; these files do not belong together.`,
        { details: { model: id } },
      );
    }
    this.#session = session;
    this.#vocabulary = vocabulary;
    this.#options = options;
  }

  /**
   * Decodes one row. It may hold a lane until it is done.
   *
   * @throws CanceledError
   */
  async decode(row: EncodedRow, signal: AbortSignal | undefined): Promise<NemoTokens> {
    const { blank } = this.#vocabulary;
    const written = { tokens: [] as number[], frames: [] as number[], endFrames: [] as number[] };
    const logProbs: number[] = [];
    const chain = await openChain(this.#session);
    try {
      let feeds: Record<string, Tensor> = this.#firstFeeds();
      let tokensHere = 0;
      for (let frame = 0; frame < row.frameCount;) {
        throwIfAborted(signal);
        const outputs = await this.#step(chain, row, frame, feeds);
        feeds = {};
        const { token, logProb, duration } = this.#read(outputs);
        if (token !== blank) {
          written.tokens.push(token);
          written.frames.push(frame);
          written.endFrames.push(Math.min(frame + Math.max(duration, 1), row.frameCount));
          logProbs.push(logProb);
          tokensHere++;
          feeds = nextFeeds(token, outputs);
        }
        const isOver = token === blank || tokensHere === this.#options.maxTokensPerFrame;
        const jump = duration > 0 ? duration : isOver ? 1 : 0;
        if (jump > 0) tokensHere = 0;
        frame += jump;
      }
    } finally {
      chain.release();
    }
    return { ...written, logProbs, frameCounts: logProbs.map(() => 1) };
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  #firstFeeds(): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = {
      targets: { data: Int32Array.of(this.#vocabulary.blank), dims: [1, 1] },
      target_length: { data: Int32Array.of(1), dims: [1] },
    };
    STATES.forEach(({ input }, index) => {
      const dims = this.#options.stateDims[index]!;
      feeds[input] = { data: new Float32Array(dims.reduce((product, size) => product * size, 1)), dims };
    });
    return feeds;
  }

  /** @param feeds what changed since the last step, besides the frame */
  #step(
    chain: SessionChain,
    { data, channels, columns }: EncodedRow,
    frame: number,
    feeds: Readonly<Record<string, Tensor>>,
  ): Promise<Record<string, Tensor>> {
    const encoded = new Float32Array(channels);
    for (let channel = 0; channel < channels; channel++) encoded[channel] = data[channel * columns + frame]!;
    return chain.run({
      feeds: { ...feeds, encoder_outputs: { data: encoded, dims: [1, channels, 1] } },
      fetches: FETCHES,
      keep: {},
    });
  }

  /** Duration 0 for a graph without durations: the loop goes on in the same way. */
  #read(outputs: Readonly<Record<string, Tensor>>): { token: number; logProb: number; duration: number } {
    const { size } = this.#vocabulary;
    const scores = floatOutput(outputs, 'outputs', this.#session.model).data;
    const token = indexOfLargest(scores, 0, size);
    let sum = 0;
    for (let other = 0; other < size; other++) sum += Math.exp(scores[other]! - scores[token]!);
    const duration = scores.length > size ? indexOfLargest(scores, size, scores.length) : 0;
    return { token, logProb: -Math.log(sum), duration };
  }
}

function nextFeeds(token: number, outputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = { targets: { data: Int32Array.of(token), dims: [1, 1] } };
  for (const { input, output } of STATES) feeds[input] = outputs[output]!;
  return feeds;
}
