import { openChain } from '../../../../inference/session-chain.ts';
import type { Session, Tensor } from '../../../../inference/session.ts';
import type { DecoderOutput, HiddenStates } from './decoder-tensors.ts';
import { type BatchRequest, ChainedBatch } from './decoder-batch.ts';
import {
  ALL_PARTS,
  cacheNames,
  emptyCaches,
  fetchesOf,
  flag,
  MERGED_INPUT,
  tensorRow,
  tokenTensor,
} from './decoder-tensors.ts';

/**
 * A merged graph, which chooses by `use_cache_branch`. Keys and values over the encoder come out of the first run only
 * (later ones give empty ones) and are kept.
 */
export class MergedBatch extends ChainedBatch {
  readonly #decoder: Session;

  constructor(decoder: Session, request: BatchRequest) {
    super(request);
    this.#decoder = decoder;
  }

  async begin(prompts: readonly (readonly number[])[]): Promise<DecoderOutput[]> {
    const { hidden, layers, config } = this.request;
    this.chain = await openChain(this.#decoder);
    const outputs = await this.chain.run({
      feeds: this.#feeds(hidden, prompts),
      fetches: fetchesOf(layers),
      keep: cacheNames(config, ALL_PARTS),
    });
    return this.parted(outputs, prompts);
  }

  async readAll(row: number, tokens: readonly number[], layers: readonly number[]): Promise<DecoderOutput> {
    const feeds = this.#feeds(tensorRow(this.request.hidden, row), [tokens]);
    return this.parted(await this.#decoder.run(feeds, fetchesOf(layers)), [tokens], layers)[0]!;
  }

  protected override laterFeeds(): Record<string, Tensor> {
    return { [MERGED_INPUT]: flag(true) };
  }

  #feeds(hidden: HiddenStates, prompts: readonly (readonly number[])[]): Record<string, Tensor> {
    return {
      input_ids: tokenTensor(prompts),
      encoder_hidden_states: hidden,
      [MERGED_INPUT]: flag(false),
      ...emptyCaches(this.request.config, ALL_PARTS, prompts.length),
    };
  }
}
