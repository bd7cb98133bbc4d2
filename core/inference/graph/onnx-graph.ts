/**
 * Looks into an ONNX file, and makes inner tensors of its graph outputs.
 *
 * Published speaker encoders give only the pooled embedding; pooling with masks needs the tensor before it and the
 * weights behind it. Other networks are put together anew from the weights of their file (`onnx-writer.ts`).
 *
 * @see onnx/onnx.proto (ModelProto.graph = 7; GraphProto: node 1, initializer 5, output 12; NodeProto: input 1, output 2,
 *   op_type 4, attribute 5; AttributeProto: name 1, i 3, t 5, g 6, ints 8; GraphProto.input = 11, ValueInfoProto: name 1,
 *   type 2; TypeProto.tensor_type = 1, its shape 2; Dimension 1, its value 1; TensorProto: dims 1, data_type 2,
 *   float_data 4, name 8, raw_data 9)
 */
import {
  bytesField,
  fieldsOf,
  integersOf,
  invalidModel,
  joinPieces,
  textField,
  fieldText,
} from './onnx-wire.ts';

export type GraphNode = {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that are integers, one or many. */
  readonly integers: ReadonlyMap<string, readonly number[]>;
  /** The graphs inside, of an `If` or `Loop`. */
  readonly branches: readonly OnnxGraph[];
};

/** A float32 weight of the graph; read on demand, because most are never asked for. */
export type GraphWeight = { readonly dims: readonly number[]; readonly read: () => Float32Array };

export type OnnxGraph = {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly string[];
  /** By name, whether they are initializers or come from a `Constant` node. */
  readonly weights: ReadonlyMap<string, GraphWeight>;
};

const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;
const FLOAT32 = 1;
/** Far more than graphs have, far less than the stack holds. */
const MAX_DEPTH = 100;

/** @throws InvalidInputError `invalid_file` for bytes that are no ONNX model */
export function readOnnxGraph(model: Uint8Array): OnnxGraph {
  return readGraph(graphOf(model).bytes, 0);
}

/** All nodes and weights of a graph together with those of the graphs inside; the outputs are its own. */
export function flattenGraph(graph: OnnxGraph): OnnxGraph {
  const inside = graph.nodes.flatMap(({ branches }) => branches.map(flattenGraph));
  return {
    nodes: [...graph.nodes, ...inside.flatMap(({ nodes }) => nodes)],
    outputs: graph.outputs,
    weights: new Map([graph, ...inside].flatMap(({ weights }) => [...weights])),
  };
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
  const added = names.flatMap((name) => bytesField(GRAPH_OUTPUT, textField(1, name)));
  return joinPieces([
    model.subarray(0, graph.start),
    ...bytesField(MODEL_GRAPH, [graph.bytes, ...added]),
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
  throw invalidModel('it has no graph');
}

function readGraph(bytes: Uint8Array, depth: number): OnnxGraph {
  if (depth > MAX_DEPTH) throw invalidModel(`its graphs lie more than ${MAX_DEPTH} deep in one another`);
  const nodes: GraphNode[] = [];
  const outputs: string[] = [];
  const weights = new Map<string, GraphWeight>();
  for (const field of fieldsOf(bytes)) {
    if (field.number === GRAPH_NODE) nodes.push(readNode(field.bytes, weights, depth));
    else if (field.number === GRAPH_OUTPUT) outputs.push(nameOf(field.bytes));
    else if (field.number === GRAPH_INITIALIZER) readWeight(field.bytes, weights);
  }
  return { nodes, outputs, weights };
}

function readNode(bytes: Uint8Array, weights: Map<string, GraphWeight>, depth: number): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const integers = new Map<string, readonly number[]>();
  const branches: OnnxGraph[] = [];
  let opType = '';
  let tensor: Uint8Array | undefined;
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) inputs.push(fieldText(field));
    else if (field.number === 2) outputs.push(fieldText(field));
    else if (field.number === 4) opType = fieldText(field);
    else if (field.number === 5) {
      const attribute = readAttribute(field.bytes);
      tensor = attribute.tensor ?? tensor;
      integers.set(attribute.name, attribute.integers);
      if (attribute.graph !== undefined) branches.push(readGraph(attribute.graph, depth + 1));
    }
  }
  if (opType === 'Constant' && tensor !== undefined) readWeight(tensor, weights, outputs[0]);
  return { opType, inputs, outputs, integers, branches };
}

type Attribute = {
  name: string;
  integers: number[];
  tensor: Uint8Array | undefined;
  graph: Uint8Array | undefined;
};

function readAttribute(bytes: Uint8Array): Attribute {
  const attribute: Attribute = { name: '', integers: [], tensor: undefined, graph: undefined };
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) attribute.name = fieldText(field);
    else if (field.number === 3 || field.number === 8) attribute.integers.push(...integersOf(field));
    else if (field.number === 5) attribute.tensor = field.bytes;
    else if (field.number === 6) attribute.graph = field.bytes;
  }
  return attribute;
}

/** @param given the name of a constant, which its tensor does not have */
function readWeight(bytes: Uint8Array, into: Map<string, GraphWeight>, given?: string): void {
  const dims: number[] = [];
  let name = given ?? '';
  let type = 0;
  let data: Uint8Array = new Uint8Array(0);
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) dims.push(...integersOf(field));
    else if (field.number === 2) type = field.value;
    else if (field.number === 8) name = given ?? fieldText(field);
    else if (field.number === 9 || (field.number === 4 && field.wire === 2)) data = field.bytes;
  }
  if (type !== FLOAT32) return;
  if (data.length % 4 !== 0) throw invalidModel('a weight ends in the middle of a number');
  // A copy, because weights lie at any byte of the file; not `slice`, which shares memory when the file is a Buffer.
  into.set(name, { dims, read: () => new Float32Array(new Uint8Array(data).buffer) });
}

/** The message in a field; empty where there is none. */
function messageOf(bytes: Uint8Array, number: number): Uint8Array {
  for (const field of fieldsOf(bytes)) if (field.number === number && field.wire === 2) return field.bytes;
  return new Uint8Array(0);
}

function nameOf(bytes: Uint8Array): string {
  for (const field of fieldsOf(bytes)) if (field.number === 1) return fieldText(field);
  return '';
}
