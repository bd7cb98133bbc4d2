/** Names and shapes of the tensors of Whisper decoders, as transformers exports them. */
import type { Session, Tensor } from '../../../../inference/session.ts';
import type { WhisperConfig } from '../../whisper-config.ts';

/** Hidden states of windows: [windows, audioPositions, width]. */
export type HiddenStates = Tensor<Float32Array>;

/** What a run of the decoder gives for a sequence. */
export type DecoderOutput = {
  /** [tokens of the run, vocabulary], row-major. */
  readonly logits: Float32Array;
  readonly rowCount: number;
  /** By layer that was asked for: [1, heads, tokens of the run, audioPositions]. */
  readonly attentions: ReadonlyMap<number, Tensor<Float32Array>>;
};

/** The sessions of a decoder, as its export or `split-decoder.ts` has them. */
export type DecoderSessions = {
  /** Merged, or without a past, or, with `crossKeys`, one that goes on from what it is given. */
  readonly decoder: Session;
  /** `decoder_with_past_model`; absent with a merged graph. */
  readonly withPast?: Session | undefined;
  /** Computes keys and values over the hidden states, for a decoder that is fed with them. */
  readonly crossKeys?: Session | undefined;
};

export const MERGED_INPUT = 'use_cache_branch';
export const OWN_PARTS = ['decoder.key', 'decoder.value'] as const;
export const CROSS_PARTS = ['encoder.key', 'encoder.value'] as const;
export const ALL_PARTS = [...OWN_PARTS, ...CROSS_PARTS] as const;

/** Inputs of the next run by the outputs that they come from. */
export function cacheNames({ layerCount }: WhisperConfig, parts: readonly string[]): Record<string, string> {
  const names: Record<string, string> = {};
  for (let layer = 0; layer < layerCount; layer++) {
    for (const part of parts) names[`present.${layer}.${part}`] = `past_key_values.${layer}.${part}`;
  }
  return names;
}

/** Keys and values of no token, for every input of these parts. */
export function emptyCaches(
  config: WhisperConfig,
  parts: readonly string[],
  rows: number,
): Record<string, Tensor> {
  const { headCount, width } = config;
  const empty: Tensor = { data: new Float32Array(), dims: [rows, headCount, 0, width / headCount] };
  return Object.fromEntries(Object.values(cacheNames(config, parts)).map((name) => [name, empty]));
}

export function attentionName(layer: number): string {
  return `cross_attentions.${layer}`;
}

export function fetchesOf(layers: readonly number[]): string[] {
  return ['logits', ...layers.map(attentionName)];
}

/** @param rows tokens of each sequence, as many in all */
export function tokenTensor(rows: readonly (readonly number[])[]): Tensor<BigInt64Array> {
  return { data: BigInt64Array.from(rows.flat(), BigInt), dims: [rows.length, rows[0]!.length] };
}

export function flag(value: boolean): Tensor<Uint8Array> {
  return { data: Uint8Array.of(value ? 1 : 0), dims: [1] };
}

/** Windows one under another. */
export function stackRows(windows: readonly Tensor<Float32Array>[]): Tensor<Float32Array> {
  const [first] = windows as [Tensor<Float32Array>];
  if (windows.length === 1) return first;
  const data = new Float32Array(windows.length * first.data.length);
  windows.forEach((window, row) => data.set(window.data, row * first.data.length));
  return { data, dims: [windows.length, ...first.dims.slice(1)] };
}

/** One of the windows of `stackRows`. */
export function tensorRow({ data, dims }: Tensor<Float32Array>, row: number): Tensor<Float32Array> {
  const [rows = 1, ...rest] = dims;
  const size = data.length / rows;
  return { data: data.subarray(row * size, (row + 1) * size), dims: [1, ...rest] };
}
