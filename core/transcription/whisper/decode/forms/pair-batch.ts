import { openChain } from '../../../../inference/session-chain.ts';
import type { Session, Tensor } from '../../../../inference/session.ts';
import type { DecoderOutput } from './decoder-tensors.ts';
import { type BatchRequest, ChainedBatch } from './decoder-batch.ts';
import { ALL_PARTS, cacheNames, fetchesOf, tensorRow, tokenTensor } from './decoder-tensors.ts';

/** `decoder_model` and `decoder_with_past_model`: what the first makes crosses over to the second once. */
export class PairBatch extends ChainedBatch {
  readonly #decoder: Session;
  readonly #withPast: Session;
  #caches: Record<string, Tensor> = {};

  constructor(decoder: Session, withPast: Session, request: BatchRequest) {
    super(request);
    this.#decoder = decoder;
    this.#withPast = withPast;
  }

  async begin(prompts: readonly (readonly number[])[]): Promise<DecoderOutput[]> {
    const { hidden, layers, config } = this.request;
    const names = cacheNames(config, ALL_PARTS);
    const feeds = { input_ids: tokenTensor(prompts), encoder_hidden_states: hidden };
    const outputs = await this.#decoder.run(feeds, [...fetchesOf(layers), ...Object.keys(names)]);
    for (const [output, input] of Object.entries(names)) this.#caches[input] = outputs[output]!;
    // Only now: nothing may be waited for while a chain is held.
    this.chain = await openChain(this.#withPast);
    return this.parted(outputs, prompts);
  }

  async readAll(row: number, tokens: readonly number[], layers: readonly number[]): Promise<DecoderOutput> {
    const feeds = {
      input_ids: tokenTensor([tokens]),
      encoder_hidden_states: tensorRow(this.request.hidden, row),
    };
    return this.parted(await this.#decoder.run(feeds, fetchesOf(layers)), [tokens], layers)[0]!;
  }

  protected override laterFeeds(): Record<string, Tensor> {
    const caches = this.#caches;
    this.#caches = {};
    return caches;
  }
}
