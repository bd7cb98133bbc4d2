/**
 * What goes into a graph and comes out of it.
 *
 * @see onnx/onnx.proto (GraphProto: input 11, output 12; ValueInfoProto: name 1, type 2; TypeProto.tensor_type = 1, its
 *   shape 2; Dimension 1, its value 1)
 */
import { graphOf, messageOf, nameOfField } from './model-fields.ts';
import { fieldsOf } from './onnx-wire.ts';

const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;

/** A shape; `undefined` for a dimension that is not fixed. */
export type GraphShape = readonly (number | undefined)[];

export type GraphShapes = {
  readonly inputs: ReadonlyMap<string, GraphShape>;
  readonly outputs: ReadonlyMap<string, GraphShape>;
};

/**
 * Shapes of the inputs and outputs by name.
 *
 * @throws InvalidInputError `invalid_file` for bytes that are no ONNX model
 */
export function readGraphShapes(model: Uint8Array): GraphShapes {
  const inputs = new Map<string, GraphShape>();
  const outputs = new Map<string, GraphShape>();
  for (const { number, bytes } of fieldsOf(graphOf(model).bytes)) {
    if (number === GRAPH_INPUT) inputs.set(nameOfField(bytes), shapeOf(bytes));
    else if (number === GRAPH_OUTPUT) outputs.set(nameOfField(bytes), shapeOf(bytes));
  }
  return { inputs, outputs };
}

function shapeOf(valueInfo: Uint8Array): GraphShape {
  const shape = messageOf(messageOf(messageOf(valueInfo, 2), 1), 2);
  const dimensions = [...fieldsOf(shape)].filter(({ number }) => number === 1);
  return dimensions.map(
    ({ bytes }) => [...fieldsOf(bytes)].find(({ number, wire }) => number === 1 && wire === 0)?.value,
  );
}
