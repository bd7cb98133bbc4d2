import { ModelError, throwIfAborted } from '../../errors.ts';
import type { LaneWork } from '../../inference/lanes/lane-work.ts';
import { type ChainRun, openChain } from '../../inference/session-chain.ts';
import type { Session, Tensor } from '../../inference/session.ts';
import { TokenAlignment, type TokenFrames } from './token-alignment.ts';
import { indexOfLargest } from '../../math/extremes.ts';
import { floatOutput } from '../../inference/model-output.ts';

const START_TOKEN = 1;
const END_TOKEN = 2;
/** In tiny and base alike; the size of a head follows from the width of the encoder. */
const HEAD_COUNT = 8;
const LAYER_PATTERN = /^past_key_values\.(\d+)\.decoder\.key$/;
const CACHE_PARTS = ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'] as const;

export type GreedyOptions = {
  readonly maxTokens: number;
  /** Ids from here on have no piece. */
  readonly vocabularySize: number;
  /** Frames of the tokens are wanted too. */
  readonly align: boolean;
  readonly signal: AbortSignal | undefined;
};

/** Plain data for a thread. */
export type GreedyInput = Omit<GreedyOptions, 'signal'> & {
  /** [1, frames, width] of the encoder. */
  readonly hidden: Tensor<Float32Array>;
};

/** A whole decode in the thread of the decoder. */
export const GREEDY_DECODE: LaneWork<GreedyInput, MoonshineTokens> = {
  name: 'greedy-decode',
  run: (session, { hidden, ...options }, signal) =>
    new GreedyDecoder(session).decode(hidden, { ...options, signal }),
};

/** What the decoder wrote, without the tokens of start and end. */
export type MoonshineTokens = {
  readonly tokens: readonly number[];
  /** Probability of each token. */
  readonly probabilities: readonly number[];
  /** Frames of each token; `undefined` where they were not asked for or the graph shows no attentions. */
  readonly frames: readonly TokenFrames[] | undefined;
  /** The limit came before the end. */
  readonly truncated: boolean;
};

/**
 * Moonshine's merged decoder, the likeliest token at a time (the lowest id of equals).
 *
 * Keys and values stay in the thread that made them and go into the next run as they are; those over the encoder are
 * made in the first run and kept.
 */
export class GreedyDecoder {
  readonly #session: Session;
  readonly #layerCount: number;
  readonly #attentions: readonly string[];

  constructor(session: Session) {
    this.#session = session;
    this.#layerCount = session.inputNames.filter((name) => LAYER_PATTERN.test(name)).length;
    this.#attentions = session.outputNames.filter((name) => name.startsWith('cross_attentions.'));
    if (this.#layerCount === 0 || !session.outputNames.includes('present.0.decoder.key')) {
      throw new ModelError(
        'model_shape_mismatch',
        `The decoder of ${session.model.id} has no past_key_values.0.decoder.key and present.0.decoder.key; expected a merged Moonshine decoder.`,
        { details: { model: session.model.id } },
      );
    }
  }

  /** True where the graph gives out what word times are made from. */
  get showsAttentions(): boolean {
    return this.#attentions.length > 0;
  }

  /**
   * @param hidden [1, frames, width] of the encoder
   * @throws ModelError `model_shape_mismatch` when the vocabulary is not the decoder's; CanceledError
   */
  async decode(hidden: Tensor<Float32Array>, options: GreedyOptions): Promise<MoonshineTokens> {
    const tokens: number[] = [];
    const probabilities: number[] = [];
    const attentions = options.align ? this.#attentions : [];
    const alignment = attentions.length > 0 ? new TokenAlignment(hidden.dims[1]!) : undefined;
    const chain = await openChain(this.#session);
    try {
      let running = chain.run(this.#firstStep(hidden, attentions));
      for (;;) {
        const outputs = await running;
        throwIfAborted(options.signal);
        const logits = this.#logitsOf(outputs, options.vocabularySize);
        const token = indexOfLargest(logits);
        const isLast = token === END_TOKEN || tokens.length === options.maxTokens;
        // The lane computes the next token while this thread looks at the last one.
        if (!isLast) running = chain.run(this.#nextStep(token, attentions));
        alignment?.push(attentions.map((name) => floatOutput(outputs, name, this.#session.model).data));
        if (isLast)
          return { tokens, probabilities, frames: alignment?.align(), truncated: token !== END_TOKEN };
        tokens.push(token);
        probabilities.push(probabilityOf(logits, token));
      }
    } finally {
      chain.release();
    }
  }

  #firstStep(hidden: Tensor<Float32Array>, attentions: readonly string[]): ChainRun {
    const width = hidden.dims[2]!;
    const empty: Tensor = { data: new Float32Array(), dims: [1, HEAD_COUNT, 0, width / HEAD_COUNT] };
    const caches = this.#caches(CACHE_PARTS);
    return {
      feeds: {
        ...tokenFeeds(START_TOKEN, false),
        encoder_hidden_states: hidden,
        ...Object.fromEntries(Object.values(caches).map((input) => [input, empty])),
      },
      fetches: ['logits', ...attentions],
      keep: caches,
    };
  }

  #nextStep(token: number, attentions: readonly string[]): ChainRun {
    return {
      feeds: tokenFeeds(token, true),
      fetches: ['logits', ...attentions],
      keep: this.#caches(['decoder.key', 'decoder.value']),
    };
  }

  /** The output and input names of caches. */
  #caches(parts: readonly (typeof CACHE_PARTS)[number][]): Record<string, string> {
    const names: Record<string, string> = {};
    for (let layer = 0; layer < this.#layerCount; layer++) {
      for (const part of parts) names[`present.${layer}.${part}`] = `past_key_values.${layer}.${part}`;
    }
    return names;
  }

  #logitsOf(outputs: Readonly<Record<string, Tensor>>, vocabularySize: number): Float32Array {
    const { data } = outputs.logits!;
    if (
      data instanceof Float32Array &&
      data.length >= vocabularySize &&
      data.length < vocabularySize + PADDING
    )
      return data;
    throw new ModelError(
      'model_shape_mismatch',
      `The decoder of ${this.#session.model.id} gives scores for ${data.length} tokens, its vocabulary has ${vocabularySize}; these files do not belong together.`,
      { details: { model: this.#session.model.id } },
    );
  }
}

/** Exports round the number of scores up to a multiple of this. */
const PADDING = 1024;

function tokenFeeds(token: number, useCache: boolean): Record<string, Tensor> {
  return {
    input_ids: { data: BigInt64Array.of(BigInt(token)), dims: [1, 1] },
    use_cache_branch: { data: Uint8Array.of(useCache ? 1 : 0), dims: [1] },
  };
}

/** Scores this far below the largest add less than 1e-4 to the sum, all 32,000 together. */
const NEGLIGIBLE = -20;

/** Softmax of the largest of all scores. */
function probabilityOf(logits: Float32Array, largest: number): number {
  const most = logits[largest]!;
  let sum = 0;
  for (let index = 0; index < logits.length; index++) {
    const below = logits[index]! - most;
    if (below > NEGLIGIBLE) sum += Math.exp(below);
  }
  return 1 / sum;
}
