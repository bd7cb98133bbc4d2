/**
 * Looks into an ONNX file, and makes inner tensors of its graph outputs: no more of protobuf than that takes.
 *
 * Published speaker encoders give only the pooled embedding; pooling with masks needs the tensor before it and the
 * weights behind it.
 *
 * @see onnx/onnx.proto (ModelProto.graph = 7; GraphProto: node 1, initializer 5, output 12; NodeProto: input 1, output 2,
 *   op_type 4; GraphProto.input = 11, ValueInfoProto: name 1, type 2; TypeProto.tensor_type = 1, its shape 2; Dimension 1,
 *   its value 1; TensorProto: dims 1, data_type 2, float_data 4, name 8, raw_data 9), protobuf wire format
 */
import { InvalidInputError } from '../errors.ts';

export type GraphNode = {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
};

/** A float32 weight of the graph; read on demand, because most are never asked for. */
export type GraphWeight = { readonly dims: readonly number[]; readonly read: () => Float32Array };

export type OnnxGraph = {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly string[];
  readonly weights: ReadonlyMap<string, GraphWeight>;
};

type Field = {
  readonly number: number;
  readonly wire: number;
  readonly value: number;
  readonly bytes: Uint8Array;
};

const EMPTY = new Uint8Array(0);
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;
const FLOAT32 = 1;

/** @throws InvalidInputError `invalid_file` for bytes that are no ONNX model */
export function readOnnxGraph(model: Uint8Array): OnnxGraph {
  const graph = graphOf(model);
  const nodes: GraphNode[] = [];
  const outputs: string[] = [];
  const weights = new Map<string, GraphWeight>();
  for (const field of fieldsOf(graph.bytes)) {
    if (field.number === GRAPH_NODE) nodes.push(readNode(field.bytes));
    else if (field.number === GRAPH_OUTPUT) outputs.push(nameOf(field.bytes));
    else if (field.number === GRAPH_INITIALIZER) readWeight(field.bytes, weights);
  }
  return { nodes, outputs, weights };
}

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
    if (number === GRAPH_INPUT) inputs.set(nameOf(bytes), shapeOf(bytes));
    else if (number === GRAPH_OUTPUT) outputs.set(nameOf(bytes), shapeOf(bytes));
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

/**
 * The same model with more outputs. Their types and shapes are left for the runtime to infer.
 *
 * @param names tensors of the graph
 * @throws InvalidInputError `invalid_file` for bytes that are no ONNX model
 */
export function exposeTensors(model: Uint8Array, names: readonly string[]): Uint8Array {
  const graph = graphOf(model);
  const added = names.map((name) =>
    lengthDelimited(GRAPH_OUTPUT, lengthDelimited(1, new TextEncoder().encode(name))),
  );
  const addedLength = added.reduce((sum, piece) => sum + piece.length, 0);
  return concatenate([
    model.subarray(0, graph.start),
    tag(MODEL_GRAPH, 2),
    varint(graph.bytes.length + addedLength),
    graph.bytes,
    ...added,
    model.subarray(graph.end),
  ]);
}

function graphOf(model: Uint8Array): { bytes: Uint8Array; start: number; end: number } {
  let start = 0;
  for (const field of fieldsOf(model)) {
    const end = field.bytes.byteOffset - model.byteOffset + field.bytes.length;
    if (field.number === MODEL_GRAPH && field.wire === 2) return { bytes: field.bytes, start, end };
    start = end;
  }
  throw invalid('it has no graph');
}

/** The fields of a message; every field's bytes are a view that ends where the next field begins. */
function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new WireReader(message);
  while (!reader.atEnd) {
    const key = reader.varint();
    const wire = key % 8;
    const number = Math.floor(key / 8);
    if (wire === 0) yield { number, wire, value: reader.varint(), bytes: reader.take(0) };
    else if (wire === 1) yield { number, wire, value: 0, bytes: reader.take(8) };
    else if (wire === 2) yield { number, wire, value: 0, bytes: reader.take(reader.varint()) };
    else if (wire === 5) yield { number, wire, value: 0, bytes: reader.take(4) };
    else throw invalid(`it has a field of wire type ${wire}`);
  }
}

class WireReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.#bytes[this.#position++];
      if (byte === undefined) throw invalid('it ends in the middle of a field');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw invalid('it has a number of more than 64 bits');
  }

  take(length: number): Uint8Array {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw invalid('it ends in the middle of a field');
    const bytes = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }
}

function readNode(bytes: Uint8Array): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let opType = '';
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) inputs.push(textOf(field.bytes));
    else if (field.number === 2) outputs.push(textOf(field.bytes));
    else if (field.number === 4) opType = textOf(field.bytes);
  }
  return { opType, inputs, outputs };
}

function readWeight(bytes: Uint8Array, into: Map<string, GraphWeight>): void {
  const dims: number[] = [];
  let name = '';
  let type = 0;
  let data: Uint8Array = EMPTY;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1 && field.wire === 0) dims.push(field.value);
    else if (field.number === 1)
      for (const reader = new WireReader(field.bytes); !reader.atEnd;) dims.push(reader.varint());
    else if (field.number === 2) type = field.value;
    else if (field.number === 8) name = textOf(field.bytes);
    else if (field.number === 9 || (field.number === 4 && field.wire === 2)) data = field.bytes;
  }
  if (type !== FLOAT32) return;
  // A copy, because weights lie at any byte of the file; not `slice`, which shares memory when the file is a Buffer.
  into.set(name, { dims, read: () => new Float32Array(new Uint8Array(data).buffer) });
}

/** The message in a field; empty where there is none. */
function messageOf(bytes: Uint8Array, number: number): Uint8Array {
  for (const field of fieldsOf(bytes)) if (field.number === number && field.wire === 2) return field.bytes;
  return EMPTY;
}

function nameOf(bytes: Uint8Array): string {
  for (const field of fieldsOf(bytes)) if (field.number === 1) return textOf(field.bytes);
  return '';
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function tag(number: number, wire: number): Uint8Array {
  return varint(number * 8 + wire);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function lengthDelimited(number: number, bytes: Uint8Array): Uint8Array {
  return concatenate([tag(number, 2), varint(bytes.length), bytes]);
}

function concatenate(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    joined.set(piece, position);
    position += piece.length;
  }
  return joined;
}

function invalid(reason: string): InvalidInputError {
  return new InvalidInputError('invalid_file', `Expected an ONNX model: ${reason}.`);
}
