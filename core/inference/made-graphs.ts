/** Graphs that are made of a model's file and run in its place. */
import { access } from 'node:fs/promises';
import type { ExecutionProvider } from './execution-provider.ts';
import { FUSED_ATTENTION, fuseAttention } from './graph/fused-attention.ts';
import { VOCABULARY_IN_BYTES, vocabularyInBytes } from './graph/vocabulary-matrix.ts';
import { modelFileMissing, modelNotLoadable } from './inference-errors.ts';
import { readModelFile } from './read-model-file.ts';
import type { MadeGraph, ModelFile } from './session.ts';

/** A decoder that does not make floats of its vocabulary in every step, see `vocabulary-matrix.ts`. */
export function vocabularyInBytesOf({ path, id }: ModelFile): MadeGraph {
  return {
    form: VOCABULARY_IN_BYTES,
    // What was measured; a GPU has its own ways.
    onlyOn: 'cpu',
    make: async () => {
      const file = await readModelFile(path, id, `The decoder of ${id}`);
      const made = vocabularyInBytes(file);
      return made === file ? undefined : made;
    },
  };
}

/** An encoder that fuses its attention on the CPU, see `fused-attention.ts`. */
export function fusedAttentionOf({ path, id }: ModelFile, headCount: number): MadeGraph {
  return {
    form: FUSED_ATTENTION,
    onlyOn: 'cpu',
    make: async () => {
      const file = await readModelFile(path, id, `The encoder of ${id}`);
      const made = fuseAttention(file, headCount);
      return made === file ? undefined : made;
    },
  };
}

/**
 * What runs in place of a model's file on a provider; nothing where that is the file itself.
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch`
 */
export async function madeFor(
  model: ModelFile,
  provider: ExecutionProvider,
  offered: MadeGraph | undefined,
): Promise<{ readonly form: string; readonly bytes: Uint8Array } | undefined> {
  if (offered === undefined || (offered.onlyOn ?? provider) !== provider) return undefined;
  try {
    await access(model.path);
  } catch (error) {
    throw modelFileMissing(model, error);
  }
  try {
    const bytes = await offered.make();
    return bytes && { form: offered.form, bytes };
  } catch (error) {
    throw modelNotLoadable(model, error);
  }
}
