import type { RowChoice, SessionChain, Tensor } from '../../../../inference/session.ts';
import type { WhisperConfig } from '../../whisper-config.ts';
import type { DecoderOutput, HiddenStates } from './decoder-tensors.ts';
import { cacheNames, CROSS_PARTS, fetchesOf, OWN_PARTS, tokenTensor } from './decoder-tensors.ts';

/** Sequences of several windows that grow together. */
export type DecoderBatch = {
  /** The first run, over the tokens of each prompt, which are equally many. */
  begin(prompts: readonly (readonly number[])[]): Promise<DecoderOutput[]>;
  /** A later run, over the token that was chosen for each. */
  next(tokens: readonly number[]): Promise<DecoderOutput[]>;
  /** Goes on with the sequences [first, end) of those that are left. */
  keepRows(first: number, end: number): void;
  /**
   * Runs over all tokens of one window at once, as if nothing had been before; not between `begin` and `next`.
   *
   * @param row of the windows that the batch was opened with
   */
  readAll(row: number, tokens: readonly number[], layers: readonly number[]): Promise<DecoderOutput>;
  release(): void;
};

/** Parts the outputs of a run by sequence. */
export type PartOutputs = (
  outputs: Readonly<Record<string, Tensor>>,
  rows: number,
  tokenCount: number,
  layers: readonly number[],
) => DecoderOutput[];

/** What every form of decoder is opened with. */
export type BatchRequest = {
  readonly config: WhisperConfig;
  readonly hidden: HiddenStates;
  /** Layers whose cross attentions are wanted. */
  readonly layers: readonly number[];
  readonly part: PartOutputs;
};

/** A batch whose caches stay in the thread that made them. */
export abstract class ChainedBatch implements DecoderBatch {
  protected readonly request: BatchRequest;
  protected chain: SessionChain | undefined;
  /** Which windows are left, once some have ended. */
  #left: Pick<RowChoice, 'first' | 'end'> | undefined;
  /** What of the decoder's own caches is read in the next run; those that come out of it have no more. */
  #ownRows: RowChoice[] = [];

  constructor(request: BatchRequest) {
    this.request = request;
  }

  abstract begin(prompts: readonly (readonly number[])[]): Promise<DecoderOutput[]>;
  abstract readAll(row: number, tokens: readonly number[], layers: readonly number[]): Promise<DecoderOutput>;

  /** What a later run is fed with besides its tokens. */
  protected laterFeeds(): Readonly<Record<string, Tensor>> {
    return {};
  }

  async next(tokens: readonly number[]): Promise<DecoderOutput[]> {
    const { config, layers, part } = this.request;
    const cross = Object.values(cacheNames(config, CROSS_PARTS));
    const rows = [...this.#ownRows, ...(this.#left === undefined ? [] : [{ inputs: cross, ...this.#left }])];
    this.#ownRows = [];
    const outputs = await this.chain!.run({
      rows,
      feeds: { input_ids: tokenTensor(tokens.map((token) => [token])), ...this.laterFeeds() },
      fetches: fetchesOf(layers),
      keep: cacheNames(config, OWN_PARTS),
    });
    return part(outputs, tokens.length, 1, layers);
  }

  keepRows(first: number, end: number): void {
    const before = this.#left?.first ?? 0;
    this.#left = { first: before + first, end: before + end };
    this.#ownRows = [{ inputs: Object.values(cacheNames(this.request.config, OWN_PARTS)), first, end }];
  }

  release(): void {
    this.chain?.release();
  }

  protected parted(
    outputs: Readonly<Record<string, Tensor>>,
    prompts: readonly (readonly number[])[],
    layers: readonly number[] = this.request.layers,
  ): DecoderOutput[] {
    return this.request.part(outputs, prompts.length, prompts[0]!.length, layers);
  }
}
