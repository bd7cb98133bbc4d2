/**
 * Writes small ONNX models, for networks that are put together here from the weights of a published file.
 *
 * @see onnx/onnx.proto (ModelProto: ir_version 1, graph 7, opset_import 8; GraphProto: node 1, name 2, initializer 5,
 *   input 11, output 12; NodeProto: input 1, output 2, op_type 4, attribute 5, domain 7; AttributeProto: name 1, f 2, i 3,
 *   s 4, ints 8, type 20; TensorProto: dims 1, data_type 2, name 8, raw_data 9; ValueInfoProto: name 1, type 2; TypeProto: tensor_type 1;
 *   Tensor: elem_type 1, shape 2; TensorShapeProto: dim 1; Dimension: dim_value 1, dim_param 2)
 */
import { bytesField, floatField, integerField, joinPieces, type Pieces, textField } from './onnx-wire.ts';

/** A constant of the graph, row-major. */
export type GraphConstant = {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array | Int8Array;
};

/** A float32 input or output of the graph; a dimension of any size has a name instead of a number. */
export type GraphValue = { readonly name: string; readonly dims: readonly (number | string)[] };

/** An integer, integers, text or a float. */
export type OperationAttribute = number | readonly number[] | string | { readonly float: number };
export type OperationAttributes = Readonly<Record<string, OperationAttribute>>;

/** One operation. An input that is left out is an empty name. */
export type OperationNode = {
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: OperationAttributes | undefined;
  /** Who defines the operation: `com.microsoft` for those of the runtime itself. @default ONNX */
  readonly domain?: string | undefined;
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
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INTEGER = 2;
const ATTRIBUTE_TEXT = 3;
const ATTRIBUTE_INTEGERS = 7;
/** Operations of the runtime itself. */
export const RUNTIME_DOMAIN = 'com.microsoft';

/** The bytes of an ONNX file. */
export function writeOnnxModel(graph: GraphDescription): Uint8Array {
  const fields = [
    graph.nodes.map(nodeField),
    textField(2, graph.name),
    graph.constants.map(constantField),
    graph.inputs.map((value) => bytesField(11, valueFields(value))),
    graph.outputs.map((value) => bytesField(12, valueFields(value))),
  ].flat(2);
  return joinPieces([
    ...integerField(1, IR_VERSION),
    ...bytesField(7, fields),
    ...opset('', OPSET),
    ...(graph.nodes.some(({ domain }) => domain === RUNTIME_DOMAIN) ? opset(RUNTIME_DOMAIN, 1) : []),
  ]);
}

/** Which operations of a domain are meant, as a field of the model. */
export function opset(domain: string, version: number): Pieces {
  return bytesField(8, [...textField(1, domain), ...integerField(2, version)]);
}

/** A node as a field of its graph. */
export function nodeField({ operation, inputs, outputs, attributes = {}, domain }: OperationNode): Pieces {
  const fields = [
    inputs.map((name) => textField(1, name)),
    outputs.map((name) => textField(2, name)),
    textField(4, operation),
    Object.entries(attributes).map(([name, value]) => bytesField(5, attributeFields(name, value))),
    domain === undefined ? [] : textField(7, domain),
  ];
  return bytesField(1, fields.flat(2));
}

function attributeFields(name: string, value: OperationAttribute): Pieces {
  const [fields, type] = valueFieldsOf(value);
  return [...textField(1, name), ...fields, ...integerField(20, type)];
}

function valueFieldsOf(value: OperationAttribute): [Pieces, number] {
  if (typeof value === 'string') return [textField(4, value), ATTRIBUTE_TEXT];
  if (typeof value === 'number') return [integerField(3, value), ATTRIBUTE_INTEGER];
  if ('float' in value) return [floatField(2, value.float), ATTRIBUTE_FLOAT];
  return [value.flatMap((integer) => integerField(8, integer)), ATTRIBUTE_INTEGERS];
}

/** A constant as a field of its graph. */
export function constantField({ name, dims, data }: GraphConstant): Pieces {
  return bytesField(5, [
    ...dims.flatMap((size) => integerField(1, size)),
    ...integerField(2, elementType(data)),
    ...textField(8, name),
    ...bytesField(9, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  ]);
}

const FLOAT32 = 1;
const UINT8 = 2;
const INT8 = 3;
const INT64 = 7;

function elementType(data: GraphConstant['data']): number {
  if (data instanceof Float32Array) return FLOAT32;
  if (data instanceof BigInt64Array) return INT64;
  return data instanceof Int8Array ? INT8 : UINT8;
}

/** The name, type and shape of an input or output. */
export function valueFields({ name, dims }: GraphValue): Pieces {
  const dimensions = dims.flatMap((size) =>
    bytesField(1, typeof size === 'number' ? integerField(1, size) : textField(2, size)),
  );
  const tensor = [...integerField(1, FLOAT32), ...bytesField(2, dimensions)];
  return [...textField(1, name), ...bytesField(2, bytesField(1, tensor))];
}
