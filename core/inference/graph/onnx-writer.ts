/**
 * Writes small ONNX models, for networks that are put together here from the weights of a published file.
 *
 * @see onnx/onnx.proto (ModelProto: ir_version 1, graph 7, opset_import 8; GraphProto: node 1, name 2, initializer 5,
 *   input 11, output 12; NodeProto: input 1, output 2, op_type 4, attribute 5; AttributeProto: name 1, i 3, s 4, type 20;
 *   TensorProto: dims 1, data_type 2, name 8, raw_data 9; ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1;
 *   Tensor: elem_type 1, shape 2; TensorShapeProto: dim 1; Dimension: dim_value 1, dim_param 2)
 */
import { bytesField, integerField, joinPieces, type Pieces, textField } from './onnx-wire.ts';

/** A constant of the graph, row-major. */
export type GraphConstant = {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
};

/** A float32 input or output of the graph; a dimension of any size has a name instead of a number. */
export type GraphValue = { readonly name: string; readonly dims: readonly (number | string)[] };

export type OperationAttributes = Readonly<Record<string, number | string>>;

/** One operation. An input that is left out is an empty name. */
export type OperationNode = {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Integers are not negative. */
  readonly attributes?: OperationAttributes | undefined;
};

export type GraphDescription = {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly constants: readonly GraphConstant[];
  /** In the order in which they can run. */
  readonly nodes: readonly OperationNode[];
};

/** Operations mean what they mean in this version of ONNX. */
const OPSET = 17;
/** The version of the file format that came with it. */
const IR_VERSION = 8;
const FLOAT32 = 1;
const INT64 = 7;
const ATTRIBUTE_INTEGER = 2;
const ATTRIBUTE_TEXT = 3;

/** The bytes of an ONNX file. */
export function writeOnnxModel(graph: GraphDescription): Uint8Array {
  const fields = [
    graph.nodes.map((node) => bytesField(1, nodeFields(node))),
    textField(2, graph.name),
    graph.constants.map((constant) => bytesField(5, constantFields(constant))),
    graph.inputs.map((value) => bytesField(11, valueFields(value))),
    graph.outputs.map((value) => bytesField(12, valueFields(value))),
  ].flat(2);
  return joinPieces([
    ...integerField(1, IR_VERSION),
    ...bytesField(7, fields),
    ...bytesField(8, [...textField(1, ''), ...integerField(2, OPSET)]),
  ]);
}

function nodeFields({ operation, inputs, outputs, attributes = {} }: OperationNode): Pieces {
  return [
    inputs.map((name) => textField(1, name)),
    outputs.map((name) => textField(2, name)),
    textField(4, operation),
    Object.entries(attributes).map(([name, value]) => bytesField(5, attributeFields(name, value))),
  ].flat(2);
}

function attributeFields(name: string, value: number | string): Pieces {
  const [field, type] =
    typeof value === 'string'
      ? [textField(4, value), ATTRIBUTE_TEXT]
      : [integerField(3, value), ATTRIBUTE_INTEGER];
  return [...textField(1, name), ...field, ...integerField(20, type)];
}

function constantFields({ name, dims, data }: GraphConstant): Pieces {
  return [
    ...dims.flatMap((size) => integerField(1, size)),
    ...integerField(2, data instanceof Float32Array ? FLOAT32 : INT64),
    ...textField(8, name),
    ...bytesField(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  ];
}

function valueFields({ name, dims }: GraphValue): Pieces {
  const dimensions = dims.flatMap((size) =>
    bytesField(1, typeof size === 'number' ? integerField(1, size) : textField(2, size)),
  );
  const tensor = [...integerField(1, FLOAT32), ...bytesField(2, dimensions)];
  return [...textField(1, name), ...bytesField(2, bytesField(1, tensor))];
}
