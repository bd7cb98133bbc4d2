/** The small models that clustering needs besides observations; none of them is a network. */
import { readFile } from 'node:fs/promises';
import { type NpyArray } from '../array-files/npy.ts';
import { parseNpz } from '../array-files/npz.ts';
import type { CentringMeans } from '../embedding/centring.ts';
import { isSpeechError, ModelError } from '../errors.ts';
import { createTwoCovariance, type TwoCovariance } from '../resolution/evidence/two-covariance.ts';
import type { ResolutionContext } from '../resolution/resolve.ts';
import { type PldaFiles, readPlda } from './read-plda.ts';

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
  const arrays = await readArrays(path);
  const numbers = (name: string): Float64Array =>
    Float64Array.from(floatArray(arrays, name).data as Float32Array);
  const { shape } = floatArray(arrays, 'condition_means');
  const [rows = 0, columns = 0] = shape;
  const twoCovariance = createTwoCovariance({
    offset: numbers('offset'),
    transform: numbers('transform'),
    phi: numbers('phi'),
  });
  if (shape.length !== 2 || rows === 0 || columns !== twoCovariance.dimension) {
    throw new ModelError(
      'model_shape_mismatch',
      `Expected condition means of ${twoCovariance.dimension} values each, got shape [${shape.join(', ')}].`,
    );
  }
  return { means: { data: numbers('condition_means'), rows, columns }, twoCovariance };
}

/** Others may stand beside them. */
const ARRAYS = ['condition_means', 'offset', 'transform', 'phi'];

type Arrays = Readonly<Record<string, NpyArray>>;

function floatArray(arrays: Arrays, name: string): NpyArray {
  const array = arrays[name];
  if (array?.data instanceof Float32Array || array?.data instanceof Float64Array) return array;
  throw new ModelError(
    'model_shape_mismatch',
    `The file of recording conditions has no array ${name} of floating point numbers; colloquy models verify tells whether it is whole.`,
  );
}

async function readArrays(path: string): Promise<Arrays> {
  try {
    return parseNpz(await readFile(path), { names: ARRAYS });
  } catch (cause) {
    const reason = isSpeechError(cause) ? cause.message : 'The file cannot be read.';
    throw new ModelError('model_missing', `The recording conditions cannot be loaded. ${reason}`, { cause });
  }
}
