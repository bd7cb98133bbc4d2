import { ModelError } from '../../../errors.ts';
import { type ChainRun, openChain, type SessionChain } from '../../../inference/session-chain.ts';
import type { Session, Tensor } from '../../../inference/session.ts';
import type { WhisperConfig } from '../whisper-config.ts';

/** Exports may round the number of scores up to a multiple of this. */
export const SCORE_PADDING = 1024;

const MERGED_INPUT = 'use_cache_branch';
const ALL_PARTS = ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'] as const;
const DECODER_PARTS = ['decoder.key', 'decoder.value'] as const;

/** Hidden states of a window: [1, audioPositions, width]. */
export type HiddenStates = Tensor<Float32Array>;

/** What a run of the decoder gives. */
export type DecoderOutput = {
  /** [tokens of the run, vocabulary], row-major. */
  readonly logits: Float32Array;
  readonly rowCount: number;
  /** By layer that was asked for: [1, heads, tokens of the run, audioPositions]. */
  readonly attentions: ReadonlyMap<number, Tensor<Float32Array>>;
};

/** One sequence of tokens that grows. */
export type DecoderSequence = {
  /** The first run, over all tokens of the prompt. */
  begin(tokens: readonly number[]): Promise<DecoderOutput>;
  /** Every later run, over the token that was chosen. */
  next(token: number): Promise<DecoderOutput>;
  release(): void;
};

/**
 * Whisper's decoder, exported as one merged graph or as `decoder_model` and `decoder_with_past_model`.
 *
 * Keys and values stay in the thread that made them. Those over the encoder come out of the first run only (merged
 * graphs give empty ones later) and are kept.
 */
export class WhisperDecoder {
  readonly #first: Session;
  readonly #later: Session;
  readonly #config: WhisperConfig;
  readonly #isMerged: boolean;

  /**
   * @param withPast `decoder_with_past_model`; absent with a merged graph
   * @throws ModelError `model_shape_mismatch` when the graphs are no Whisper decoder of this configuration
   */
  constructor(decoder: Session, withPast: Session | undefined, config: WhisperConfig) {
    this.#first = decoder;
    this.#later = withPast ?? decoder;
    this.#config = config;
    this.#isMerged = decoder.inputNames.includes(MERGED_INPUT);
    if (!this.#isMerged && withPast === undefined) {
      throw this.#mismatch(
        `has no input ${MERGED_INPUT}, and there is no decoder_with_past_model beside it; expected a merged decoder or both`,
      );
    }
    const last = config.layerCount - 1;
    for (const part of ALL_PARTS) this.#requireCache(this.#first.outputNames, `present.${last}.${part}`);
    for (const part of ALL_PARTS)
      this.#requireCache(this.#later.inputNames, `past_key_values.${last}.${part}`);
    if (this.#first.outputNames.includes(`present.${last + 1}.decoder.key`))
      throw this.#mismatch(`has more than the ${config.layerCount} layers of its config.json`);
  }

  /** True where the graph gives out what word times are made from; only `*_timestamped` exports do. */
  get showsAttentions(): boolean {
    return this.#config.alignmentHeads.every(({ layer }) =>
      this.#first.outputNames.includes(attentionName(layer)),
    );
  }

  /**
   * Runs over all tokens at once, without a cache to go on from.
   *
   * @param layers whose cross attentions are wanted
   */
  async runOnce(
    hidden: HiddenStates,
    tokens: readonly number[],
    layers: readonly number[],
  ): Promise<DecoderOutput> {
    const outputs = await this.#first.run(this.#firstFeeds(hidden, tokens), fetchesOf(layers));
    return this.#output(outputs, tokens.length, layers);
  }

  /**
   * Opens a sequence. It may hold a lane until its release: release it soon, and wait for nothing else meanwhile.
   *
   * @param layers whose cross attentions are wanted with every run
   */
  openSequence(hidden: HiddenStates, layers: readonly number[] = []): DecoderSequence {
    return this.#isMerged ? this.#openMerged(hidden, layers) : this.#openPair(hidden, layers);
  }

  async release(): Promise<void> {
    await Promise.all([this.#first, this.#later].map((session) => session.release()));
  }

  #openMerged(hidden: HiddenStates, layers: readonly number[]): DecoderSequence {
    let chain: SessionChain | undefined;
    const fetches = fetchesOf(layers);
    return {
      begin: async (tokens) => {
        chain = await openChain(this.#first);
        const step: ChainRun = {
          feeds: this.#firstFeeds(hidden, tokens),
          fetches,
          keep: this.#cacheNames(ALL_PARTS),
        };
        return this.#output(await chain.run(step), tokens.length, layers);
      },
      next: async (token) => {
        const feeds = { input_ids: tokenTensor([token]), [MERGED_INPUT]: flag(true) };
        const step: ChainRun = { feeds, fetches, keep: this.#cacheNames(DECODER_PARTS) };
        return this.#output(await chain!.run(step), 1, layers);
      },
      release: () => chain?.release(),
    };
  }

  #openPair(hidden: HiddenStates, layers: readonly number[]): DecoderSequence {
    let chain: SessionChain | undefined;
    let caches: Record<string, Tensor> = {};
    const fetches = fetchesOf(layers);
    return {
      begin: async (tokens) => {
        const names = this.#cacheNames(ALL_PARTS);
        const outputs = await this.#first.run(this.#firstFeeds(hidden, tokens), [
          ...fetches,
          ...Object.keys(names),
        ]);
        for (const [output, input] of Object.entries(names)) caches[input] = outputs[output]!;
        // Only now: nothing may be waited for while a chain is held.
        chain = await openChain(this.#later);
        return this.#output(outputs, tokens.length, layers);
      },
      next: async (token) => {
        const feeds = { input_ids: tokenTensor([token]), ...caches };
        caches = {};
        const step: ChainRun = { feeds, fetches, keep: this.#cacheNames(DECODER_PARTS) };
        return this.#output(await chain!.run(step), 1, layers);
      },
      release: () => chain?.release(),
    };
  }

  #firstFeeds(hidden: HiddenStates, tokens: readonly number[]): Record<string, Tensor> {
    const feeds: Record<string, Tensor> = {
      input_ids: tokenTensor(tokens),
      encoder_hidden_states: hidden,
    };
    if (!this.#isMerged) return feeds;
    const { headCount, width } = this.#config;
    const empty: Tensor = { data: new Float32Array(), dims: [1, headCount, 0, width / headCount] };
    feeds[MERGED_INPUT] = flag(false);
    for (const input of Object.values(this.#cacheNames(ALL_PARTS))) feeds[input] = empty;
    return feeds;
  }

  /** Inputs of the next run by the outputs that they come from. */
  #cacheNames(parts: readonly string[]): Record<string, string> {
    const names: Record<string, string> = {};
    for (let layer = 0; layer < this.#config.layerCount; layer++) {
      for (const part of parts) names[`present.${layer}.${part}`] = `past_key_values.${layer}.${part}`;
    }
    return names;
  }

  #output(
    outputs: Readonly<Record<string, Tensor>>,
    rowCount: number,
    layers: readonly number[],
  ): DecoderOutput {
    const attentions = new Map(
      layers.map((layer) => [layer, outputs[attentionName(layer)] as Tensor<Float32Array>]),
    );
    const logits = outputs.logits!.data as Float32Array;
    const scoreCount = logits.length / rowCount;
    const wanted = this.#config.vocabularySize;
    if (scoreCount < wanted || scoreCount >= wanted + SCORE_PADDING)
      throw this.#mismatch(`gives scores for ${scoreCount} tokens, its config.json says ${wanted}`);
    return { logits, rowCount, attentions };
  }

  #requireCache(names: readonly string[], name: string): void {
    if (!names.includes(name)) throw this.#mismatch(`has no ${name}`);
  }

  #mismatch(problem: string): ModelError {
    const { modelId } = this.#config;
    return new ModelError(
      'model_shape_mismatch',
      `The decoder of ${modelId} ${problem}; its files may stem from different models.`,
      { details: { model: modelId } },
    );
  }
}

function attentionName(layer: number): string {
  return `cross_attentions.${layer}`;
}

function fetchesOf(layers: readonly number[]): string[] {
  return ['logits', ...layers.map(attentionName)];
}

function tokenTensor(tokens: readonly number[]): Tensor<BigInt64Array> {
  return { data: BigInt64Array.from(tokens, BigInt), dims: [1, tokens.length] };
}

function flag(value: boolean): Tensor<Uint8Array> {
  return { data: Uint8Array.of(value ? 1 : 0), dims: [1] };
}
