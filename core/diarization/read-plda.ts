import { readFile } from 'node:fs/promises';
import { isSpeechError, ModelError } from '../errors.ts';
import { parseNpz } from '../array-files/npz.ts';
import { createPlda, type Plda } from '../resolution/vbx/plda.ts';

/** The two archives of pyannote's community-1 PLDA. */
export type PldaFiles = { readonly transformPath: string; readonly pldaPath: string };

/** @throws ModelError `model_missing`, `model_shape_mismatch` */
export async function readPlda({ transformPath, pldaPath }: PldaFiles): Promise<Plda> {
  const [transform, plda] = await Promise.all([readArrays(transformPath), readArrays(pldaPath)]);
  const array = (arrays: Arrays, name: string): ArrayLike<number> => {
    const data = arrays[name]?.data;
    if (data instanceof Float32Array || data instanceof Float64Array) return data;
    throw new ModelError(
      'model_shape_mismatch',
      `The PLDA model has no array ${name} of floating point numbers; colloquy models verify tells whether its files are whole.`,
    );
  };
  return createPlda({
    mean1: array(transform, 'mean1'),
    mean2: array(transform, 'mean2'),
    lda: array(transform, 'lda'),
    mu: array(plda, 'mu'),
    tr: array(plda, 'tr'),
    psi: array(plda, 'psi'),
  });
}

type Arrays = ReturnType<typeof parseNpz>;

async function readArrays(path: string): Promise<Arrays> {
  try {
    return parseNpz(await readFile(path));
  } catch (cause) {
    const reason = isSpeechError(cause) ? cause.message : 'The file cannot be read.';
    throw new ModelError('model_missing', `The PLDA model cannot be loaded. ${reason}`, { cause });
  }
}
