/** What a network answered, as numbers of the kind that the code after it computes with. */
import { ModelError } from '../errors.ts';
import type { ModelFile, Tensor } from './session.ts';

type Outputs = Readonly<Record<string, Tensor>>;

/**
 * An output of single precision.
 *
 * @throws ModelError `model_shape_mismatch` where it is missing or of other numbers, as in exports of half precision
 */
export function floatOutput(
  outputs: Outputs,
  name: string,
  model: Pick<ModelFile, 'id'>,
): Tensor<Float32Array> {
  const tensor = outputs[name];
  if (tensor?.data instanceof Float32Array) return { data: tensor.data, dims: tensor.dims };
  throw otherNumbers(tensor, name, model, 'numbers of single precision (float32)');
}

/**
 * An output of whole numbers, such as lengths.
 *
 * @throws as `floatOutput`
 */
export function countsOutput(outputs: Outputs, name: string, model: Pick<ModelFile, 'id'>): number[] {
  const tensor = outputs[name];
  if (tensor?.data instanceof BigInt64Array || tensor?.data instanceof Int32Array)
    return Array.from(tensor.data, Number);
  throw otherNumbers(tensor, name, model, 'whole numbers (int64 or int32)');
}

function otherNumbers(
  tensor: Tensor | undefined,
  name: string,
  { id }: Pick<ModelFile, 'id'>,
  expected: string,
): ModelError {
  const came = tensor === undefined ? 'nothing' : `a ${tensor.data.constructor.name}`;
  return new ModelError(
    'model_shape_mismatch',
    `Expected the output ${name} of model ${id} to hold ${expected}, got ${came}. Use an export whose outputs are that.`,
    { details: { model: id } },
  );
}
