/** Graphs that are made of a model's file and run in its place. */
import { access } from 'node:fs/promises';
import type { ExecutionProvider } from './execution-provider.ts';
import { hasExternalWeights } from './graph/external-weights.ts';
import { FUSED_ATTENTION, fuseAttention } from './graph/fused-attention.ts';
import { VOCABULARY_IN_BYTES, vocabularyInBytes } from './graph/vocabulary-matrix.ts';
import { modelFileMissing, modelNotLoadable } from './inference-errors.ts';
import { readModelFile } from './read-model-file.ts';
import type { MadeGraph, ModelFile } from './session.ts';

/**
 * A graph made of a model's file, where that holds all its weights.
 *
 * @param make gives nothing, or what it was given, where there is nothing to make
 */
export function madeOf(
  { path, id }: ModelFile,
  form: string,
  make: (file: Uint8Array) => Uint8Array | undefined,
): MadeGraph {
  return {
    form,
    make: async () => {
      const file = await readModelFile(path, id, `A graph of ${id}`);
      if (hasExternalWeights(file)) return undefined;
      const made = make(file);
      return made === file ? undefined : made;
    },
  };
}

/** A decoder that does not make floats of its vocabulary in every step, see `vocabulary-matrix.ts`. */
export function vocabularyInBytesOf(model: ModelFile): MadeGraph {
  // What was measured; a GPU has its own ways.
  return { ...madeOf(model, VOCABULARY_IN_BYTES, vocabularyInBytes), onlyOn: 'cpu' };
}

/** An encoder that fuses its attention on the CPU, see `fused-attention.ts`. */
export function fusedAttentionOf(model: ModelFile, headCount: number): MadeGraph {
  return { ...madeOf(model, FUSED_ATTENTION, (file) => fuseAttention(file, headCount)), onlyOn: 'cpu' };
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
