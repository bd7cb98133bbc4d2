import { ModelError } from '../../../errors.ts';
import type { Session, Tensor } from '../../../inference/session.ts';
import type { WhisperConfig } from '../whisper-config.ts';
import type { DecoderBatch } from './forms/decoder-batch.ts';
import { type DecoderForm, formOf } from './forms/decoder-form.ts';
import {
  attentionName,
  type DecoderOutput,
  type DecoderSessions,
  type HiddenStates,
  stackRows,
} from './forms/decoder-tensors.ts';
import { floatOutput } from '../../../inference/model-output.ts';

/** Exports may round the number of scores up to a multiple of this. */
export const SCORE_PADDING = 1024;

/** One sequence of tokens that grows. */
export type DecoderSequence = {
  /** The first run, over all tokens of the prompt. */
  begin(tokens: readonly number[]): Promise<DecoderOutput>;
  /** Every later run, over the token that was chosen. */
  next(token: number): Promise<DecoderOutput>;
  release(): void;
};

/**
 * Whisper's decoder, exported as one merged graph or as `decoder_model` and `decoder_with_past_model`, or split into
 * what looks at the sound and what goes from token to token.
 */
export class WhisperDecoder {
  readonly #sessions: readonly Session[];
  readonly #form: DecoderForm;
  readonly #config: WhisperConfig;
  readonly #outputNames: readonly string[];

  /** @throws ModelError `model_shape_mismatch` when the graphs are no Whisper decoder of this configuration */
  constructor(sessions: DecoderSessions, config: WhisperConfig) {
    const { decoder, withPast, crossKeys } = sessions;
    this.#config = config;
    this.#outputNames = decoder.outputNames;
    this.#sessions = [decoder, withPast, crossKeys].filter((session) => session !== undefined);
    this.#form = formOf(sessions, config, (problem) => this.#mismatch(problem));
  }

  /** True where the graph gives out what word times are made from; only `*_timestamped` exports do. */
  get showsAttentions(): boolean {
    return this.#config.alignmentHeads.every(({ layer }) => this.#outputNames.includes(attentionName(layer)));
  }

  /** True where a row gives the same bits in any company, so that windows may be decoded together. */
  get batchesWell(): boolean {
    return this.#form.batchesWell;
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
    const batch = this.openBatch([hidden]);
    try {
      return await batch.readAll(0, tokens, layers);
    } finally {
      batch.release();
    }
  }

  /**
   * Opens a sequence. It may hold a lane until its release: release it soon, and wait for nothing else meanwhile.
   *
   * @param layers whose cross attentions are wanted with every run
   */
  openSequence(hidden: HiddenStates, layers: readonly number[] = []): DecoderSequence {
    const batch = this.openBatch([hidden], layers);
    return {
      begin: async (tokens) => (await batch.begin([tokens]))[0]!,
      next: async (token) => (await batch.next([token]))[0]!,
      release: () => batch.release(),
    };
  }

  /**
   * Opens a sequence for each of several windows, which are computed together. It may hold a lane, as a sequence does.
   *
   * @param layers whose cross attentions are wanted with `begin` and `next`
   */
  openBatch(windows: readonly HiddenStates[], layers: readonly number[] = []): DecoderBatch {
    return this.#form.open({
      config: this.#config,
      hidden: stackRows(windows),
      layers,
      part: (outputs, rows, tokens, wanted) => this.#output(outputs, rows, tokens, wanted),
    });
  }

  async release(): Promise<void> {
    await Promise.all(this.#sessions.map((session) => session.release()));
  }

  /** The outputs of a run by sequence. */
  #output(
    outputs: Readonly<Record<string, Tensor>>,
    rows: number,
    tokenCount: number,
    layers: readonly number[],
  ): DecoderOutput[] {
    const model = { id: this.#config.modelId };
    const all = floatOutput(outputs, 'logits', model).data;
    const scoreCount = all.length / (rows * tokenCount);
    const wanted = this.#config.vocabularySize;
    if (scoreCount < wanted || scoreCount >= wanted + SCORE_PADDING)
      throw this.#mismatch(`gives scores for ${scoreCount} tokens, its config.json says ${wanted}`);
    return Array.from({ length: rows }, (_, row) => ({
      logits: all.subarray(row * tokenCount * scoreCount, (row + 1) * tokenCount * scoreCount),
      rowCount: tokenCount,
      attentions: new Map(
        layers.map((layer) => {
          const { data, dims } = floatOutput(outputs, attentionName(layer), model);
          const size = data.length / rows;
          return [
            layer,
            { data: data.subarray(row * size, (row + 1) * size), dims: [1, ...dims.slice(1)] },
          ] as const;
        }),
      ),
    }));
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
