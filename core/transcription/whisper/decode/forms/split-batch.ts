import { openChain } from '../../../../inference/session-chain.ts';
import type { Session, SessionChain } from '../../../../inference/session.ts';
import type { DecoderOutput } from './decoder-tensors.ts';
import { type BatchRequest, ChainedBatch } from './decoder-batch.ts';
import {
  cacheNames,
  CROSS_PARTS,
  emptyCaches,
  fetchesOf,
  OWN_PARTS,
  tokenTensor,
} from './decoder-tensors.ts';

/** Keys and values over the sound are computed once, for the decode and for what is read after it. */
export class SplitBatch extends ChainedBatch {
  readonly #decoder: Session;
  readonly #crossKeys: Session;

  constructor(decoder: Session, crossKeys: Session, request: BatchRequest) {
    super(request);
    this.#decoder = decoder;
    this.#crossKeys = crossKeys;
  }

  async begin(prompts: readonly (readonly number[])[]): Promise<DecoderOutput[]> {
    const { layers, config } = this.request;
    const chain = await this.#listened();
    const outputs = await chain.run({
      feeds: { input_ids: tokenTensor(prompts), ...emptyCaches(config, OWN_PARTS, prompts.length) },
      fetches: fetchesOf(layers),
      keep: cacheNames(config, OWN_PARTS),
    });
    return this.parted(outputs, prompts);
  }

  async readAll(row: number, tokens: readonly number[], layers: readonly number[]): Promise<DecoderOutput> {
    const { config } = this.request;
    const chain = await this.#listened();
    const outputs = await chain.run({
      rows: [{ inputs: Object.values(cacheNames(config, CROSS_PARTS)), first: row, end: row + 1 }],
      feeds: { input_ids: tokenTensor([tokens]), ...emptyCaches(config, OWN_PARTS, 1) },
      fetches: fetchesOf(layers),
      keep: {},
    });
    return this.parted(outputs, [tokens], layers)[0]!;
  }

  /** The chain, with keys and values over the sound. */
  async #listened(): Promise<SessionChain> {
    if (this.chain !== undefined) return this.chain;
    const { hidden, config } = this.request;
    this.chain = await openChain(this.#decoder);
    await this.chain.run({
      session: this.#crossKeys,
      feeds: { encoder_hidden_states: hidden },
      fetches: [],
      keep: cacheNames(config, CROSS_PARTS),
    });
    return this.chain;
  }
}
