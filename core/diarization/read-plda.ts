import { ModelArrays } from '../inference/model-arrays.ts';
import { createPlda, type Plda } from '../resolution/vbx/plda.ts';

/** The two archives of pyannote's community-1 PLDA. */
export type PldaFiles = { readonly transformPath: string; readonly pldaPath: string };

/** @throws ModelError `model_missing`, `model_shape_mismatch` */
export async function readPlda({ transformPath, pldaPath }: PldaFiles): Promise<Plda> {
  const [transform, plda] = await Promise.all([
    ModelArrays.read(transformPath, 'The transform of the PLDA model', ['mean1', 'mean2', 'lda']),
    ModelArrays.read(pldaPath, 'The PLDA model', ['mu', 'tr', 'psi']),
  ]);
  return createPlda({
    mean1: transform.floats('mean1').data,
    mean2: transform.floats('mean2').data,
    lda: transform.floats('lda').data,
    mu: plda.floats('mu').data,
    tr: plda.floats('tr').data,
    psi: plda.floats('psi').data,
  });
}
