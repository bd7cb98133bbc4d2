/** The small models that clustering needs besides observations; none of them is a network. */
import type { CentringMeans } from '../embedding/centring.ts';
import { ModelError } from '../errors.ts';
import { createTwoCovariance, type TwoCovariance } from '../resolution/evidence/two-covariance.ts';
import type { ResolutionContext } from '../resolution/resolve.ts';
import { type PldaFiles, readPlda } from './read-plda.ts';
import { ModelArrays } from '../inference/model-arrays.ts';

/** Where they lie; each absent where a preset does without it. */
export type ClusteringFiles = {
  /** For a preset that clusters by VBx. */
  readonly plda?: PldaFiles;
  /** For a preset that clusters by evidence: the `conditions` file of its encoder. */
  readonly conditionsPath?: string;
};

/** @throws ModelError `model_missing`, `model_shape_mismatch` */
export async function readClusteringModels({
  plda,
  conditionsPath,
}: ClusteringFiles): Promise<Pick<ResolutionContext, 'plda' | 'twoCovariance'>> {
  return {
    plda: plda && (await readPlda(plda)),
    twoCovariance:
      conditionsPath === undefined ? undefined : (await readConditions(conditionsPath)).twoCovariance,
  };
}

/** What is known of an encoder's vectors under many recording conditions. */
export type ConditionModel = { readonly means: CentringMeans; readonly twoCovariance: TwoCovariance };

/**
 * Reads the `conditions` file of an encoder: `condition_means` [count, D], `offset` [D], `transform` [D, D], `phi` [D].
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch`
 */
export async function readConditions(path: string): Promise<ConditionModel> {
  const what = 'The file of recording conditions';
  const arrays = await ModelArrays.read(path, what, ['condition_means', 'offset', 'transform', 'phi']);
  const { shape } = arrays.floats('condition_means');
  const [rows = 0, columns = 0] = shape;
  const twoCovariance = createTwoCovariance({
    offset: arrays.doubles('offset'),
    transform: arrays.doubles('transform'),
    phi: arrays.doubles('phi'),
  });
  if (shape.length !== 2 || rows === 0 || columns !== twoCovariance.dimension) {
    throw new ModelError(
      'model_shape_mismatch',
      `Expected condition means of ${twoCovariance.dimension} values each, got shape [${shape.join(', ')}].`,
    );
  }
  return { means: { data: arrays.doubles('condition_means'), rows, columns }, twoCovariance };
}
