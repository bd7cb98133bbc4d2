/**
 * Whether weights of a model lie in other files. The runtime finds those by the path of the model's own file, so that no
 * graph can be made of such a file and opened from its bytes.
 *
 * @see onnx/onnx.proto (GraphProto: node 1, initializer 5; NodeProto.attribute = 5; AttributeProto: t 5, g 6, tensors 10,
 *   graphs 11; TensorProto.data_location = 14, of which 1 is EXTERNAL)
 */
import { graphOf } from './model-fields.ts';
import { fieldsOf, invalidModel } from './onnx-wire.ts';

const DATA_LOCATION = 14;
const EXTERNAL = 1;
/** Far more than graphs have, far less than the stack holds. */
const MAX_DEPTH = 100;

/** @throws InvalidInputError `invalid_file` for bytes that are no ONNX model */
export function hasExternalWeights(model: Uint8Array): boolean {
  return graphHas(graphOf(model).bytes, 0);
}

function graphHas(graph: Uint8Array, depth: number): boolean {
  if (depth > MAX_DEPTH) throw invalidModel(`its graphs lie more than ${MAX_DEPTH} deep in one another`);
  for (const { number, bytes } of fieldsOf(graph)) {
    if (number === 5 && isExternal(bytes)) return true;
    if (number === 1 && nodeHas(bytes, depth)) return true;
  }
  return false;
}

function nodeHas(node: Uint8Array, depth: number): boolean {
  for (const { number, bytes: attribute } of fieldsOf(node)) {
    if (number !== 5) continue;
    for (const { number: kind, wire, bytes } of fieldsOf(attribute)) {
      if (wire !== 2) continue;
      if ((kind === 5 || kind === 10) && isExternal(bytes)) return true;
      if ((kind === 6 || kind === 11) && graphHas(bytes, depth + 1)) return true;
    }
  }
  return false;
}

function isExternal(tensor: Uint8Array): boolean {
  for (const { number, value } of fieldsOf(tensor)) {
    if (number === DATA_LOCATION && value === EXTERNAL) return true;
  }
  return false;
}
