/**
 * The attributes of an operation in an ONNX file.
 *
 * @see onnx/onnx.proto (AttributeProto: name 1, f 2, i 3, t 5, g 6, ints 8)
 */
import { fieldsOf, fieldText, integersOf } from './onnx-wire.ts';

export type NodeAttributes<Graph> = {
  /** Those that are integers, one or many. */
  readonly integers: ReadonlyMap<string, readonly number[]>;
  /** Those that are one float. */
  readonly floats: ReadonlyMap<string, number>;
  readonly branches: readonly Graph[];
  /** The last one that is a tensor. */
  readonly tensor: Uint8Array | undefined;
};

/**
 * @param messages one for each attribute
 * @param readGraph reads a graph inside, of an `If` or `Loop`
 */
export function readAttributes<Graph>(
  messages: readonly Uint8Array[],
  readGraph: (bytes: Uint8Array) => Graph,
): NodeAttributes<Graph> {
  const integers = new Map<string, readonly number[]>();
  const floats = new Map<string, number>();
  const branches: Graph[] = [];
  let tensor: Uint8Array | undefined;
  for (const message of messages) {
    const attribute = readAttribute(message);
    tensor = attribute.tensor ?? tensor;
    integers.set(attribute.name, attribute.integers);
    if (attribute.float !== undefined) floats.set(attribute.name, attribute.float);
    if (attribute.graph !== undefined) branches.push(readGraph(attribute.graph));
  }
  return { integers, floats, branches, tensor };
}

type Attribute = {
  name: string;
  float: number | undefined;
  integers: number[];
  tensor: Uint8Array | undefined;
  graph: Uint8Array | undefined;
};

function readAttribute(bytes: Uint8Array): Attribute {
  const attribute: Attribute = {
    name: '',
    float: undefined,
    integers: [],
    tensor: undefined,
    graph: undefined,
  };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) attribute.name = fieldText(field);
    else if (field.number === 2 && field.wire === 5) attribute.float = floatOf(field.bytes);
    else if (field.number === 3 || field.number === 8) attribute.integers.push(...integersOf(field));
    else if (field.number === 5) attribute.tensor = field.bytes;
    else if (field.number === 6) attribute.graph = field.bytes;
  }
  return attribute;
}

function floatOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
}
