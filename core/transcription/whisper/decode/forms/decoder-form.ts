import type { ModelError } from '../../../../errors.ts';
import type { WhisperConfig } from '../../whisper-config.ts';
import type { DecoderSessions } from './decoder-tensors.ts';
import type { BatchRequest, DecoderBatch } from './decoder-batch.ts';
import { ALL_PARTS, CROSS_PARTS, MERGED_INPUT } from './decoder-tensors.ts';
import { MergedBatch } from './merged-batch.ts';
import { PairBatch } from './pair-batch.ts';
import { SplitBatch } from './split-batch.ts';

/** How the graphs of a decoder are run, by the form in which they are exported. */
export type DecoderForm = {
  /** True where a row gives the same bits in any company. */
  readonly batchesWell: boolean;
  readonly open: (request: BatchRequest) => DecoderBatch;
};

/**
 * @param mismatch makes the error for graphs that are no Whisper decoder of this configuration
 * @throws what `mismatch` makes
 */
export function formOf(
  { decoder, withPast, crossKeys }: DecoderSessions,
  { layerCount }: WhisperConfig,
  mismatch: (problem: string) => ModelError,
): DecoderForm {
  const isMerged = decoder.inputNames.includes(MERGED_INPUT);
  if (crossKeys === undefined && withPast === undefined && !isMerged) {
    throw mismatch(
      `has no input ${MERGED_INPUT}, and there is no decoder_with_past_model beside it; expected a merged decoder or both`,
    );
  }
  const require = (names: readonly string[], name: string) => {
    if (!names.includes(name)) throw mismatch(`has no ${name}`);
  };
  for (const part of ALL_PARTS) {
    const isCross = CROSS_PARTS.some((cross) => cross === part);
    const maker = isCross && crossKeys !== undefined ? crossKeys : decoder;
    require(maker.outputNames, `present.${layerCount - 1}.${part}`);
    require((withPast ?? decoder).inputNames, `past_key_values.${layerCount - 1}.${part}`);
  }
  if (decoder.outputNames.includes(`present.${layerCount}.decoder.key`))
    throw mismatch(`has more than the ${layerCount} layers of its config.json`);
  if (crossKeys !== undefined)
    return { batchesWell: true, open: (request) => new SplitBatch(decoder, crossKeys, request) };
  if (withPast === undefined)
    return { batchesWell: false, open: (request) => new MergedBatch(decoder, request) };
  return { batchesWell: false, open: (request) => new PairBatch(decoder, withPast, request) };
}
