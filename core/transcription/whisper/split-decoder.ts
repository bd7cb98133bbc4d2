/**
 * A merged decoder as two graphs: what it makes of the sound once a window, and what goes from token to token.
 *
 * The sound's keys and values are then computed once for language, text and word times; the graph with the choice
 * computed them for each. Two branches also mean that the runtime packs all weights twice.
 */
import { branchModel } from '../../inference/graph/graph-branch.ts';
import { readModelFile } from '../../inference/read-model-file.ts';
import type { MadeGraph, ModelFile } from '../../inference/session.ts';
import { fieldText, fieldsOf } from '../../inference/graph/onnx-wire.ts';
import { attentionName, cacheNames, CROSS_PARTS, OWN_PARTS } from './decode/forms/decoder-tensors.ts';
import type { WhisperConfig } from './whisper-config.ts';

/**
 * Who wrote the file (ModelProto.producer_name = 2). Only of these exports it is known that the branch with a past reads
 * several tokens at once, masks them, and gives each row the same bits whatever its company (all products by weights in
 * 8-bit blocks).
 */
const PRODUCER_FIELD = 2;
const PRODUCER = 'colloquy-whisper-export';

/** The two graphs of a decoder, to be opened in place of its file. */
export type SplitDecoder = {
  readonly crossKeys: { readonly model: ModelFile; readonly graph: MadeGraph };
  readonly steps: { readonly model: ModelFile; readonly graph: MadeGraph };
};

/** @returns undefined for a decoder that must be run as it is */
export async function splitDecoder(
  decoder: ModelFile,
  config: WhisperConfig,
): Promise<SplitDecoder | undefined> {
  const file = await readModelFile(decoder.path, decoder.id, `The decoder of ${decoder.id}`);
  if (producerOf(file) !== PRODUCER) return undefined;
  const crossOutputs = Object.keys(cacheNames(config, CROSS_PARTS));
  const layers = Array.from({ length: config.layerCount }, (_, layer) => attentionName(layer));
  const stepOutputs = ['logits', ...Object.keys(cacheNames(config, OWN_PARTS)), ...layers];
  const [crossKeys, steps] = [
    branchModel(file, 'else_branch', crossOutputs),
    branchModel(file, 'then_branch', stepOutputs),
  ];
  if (crossKeys === undefined || steps === undefined) return undefined;
  const apart = (form: string, bytes: Uint8Array, inputs: string[], outputs: string[]) => ({
    model: { ...decoder, inputs, outputs, arena: false },
    graph: { form, make: () => Promise.resolve(bytes) },
  });
  return {
    crossKeys: apart('whisper-cross-keys-1', crossKeys, ['encoder_hidden_states'], crossOutputs),
    steps: apart('whisper-steps-1', steps, ['input_ids'], stepOutputs),
  };
}

/** Empty for bytes that are no model: whoever opens them as they are says so. */
function producerOf(model: Uint8Array): string {
  try {
    for (const field of fieldsOf(model)) if (field.number === PRODUCER_FIELD) return fieldText(field);
  } catch {
    return '';
  }
  return '';
}
