/**
 * Looks into an ONNX file: its operations and its weights.
 *
 * Networks are put together anew from the weights of their file (`graph-builder.ts`), or some of their operations are
 * replaced (`graph-editor.ts`).
 *
 * @see onnx/onnx.proto (GraphProto: node 1, initializer 5, output 12; NodeProto: input 1, output 2, op_type 4, attribute 5;
 *   TensorProto: dims 1, data_type 2, float_data 4, int32_data 5,
 *   name 8, raw_data 9)
 */
import { graphOf, nameOfField } from './model-fields.ts';
import { type NodeAttributes, readAttributes } from './node-attributes.ts';
import { fieldsOf, integersOf, invalidModel, fieldText } from './onnx-wire.ts';

export type GraphNode = {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes that are integers, one or many. */
  readonly integers: ReadonlyMap<string, readonly number[]>;
  /** Attributes that are one float. */
  readonly floats: ReadonlyMap<string, number>;
  /** The graphs inside, of an `If` or `Loop`. */
  readonly branches: readonly OnnxGraph[];
};

/** A float32 weight of the graph; read on demand, because most are never asked for. */
export type GraphWeight = { readonly dims: readonly number[]; readonly read: () => Float32Array };

/** A constant of one byte a value. */
export type GraphByteWeight = {
  readonly dims: readonly number[];
  readonly isSigned: boolean;
  /** A view into the file. */
  readonly bytes: Uint8Array;
};

export type OnnxGraph = {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly string[];
  /** By name, whether they are initializers or come from a `Constant` node. */
  readonly weights: ReadonlyMap<string, GraphWeight>;
  /** The same of quantised ones: int8 and uint8. */
  readonly byteWeights: ReadonlyMap<string, GraphByteWeight>;
};

const GRAPH_NODE = 1;
const GRAPH_INITIALIZER = 5;
const GRAPH_OUTPUT = 12;
const FLOAT32 = 1;
const UINT8 = 2;
const INT8 = 3;
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
    byteWeights: new Map([graph, ...inside].flatMap(({ byteWeights }) => [...byteWeights])),
  };
}

function readGraph(bytes: Uint8Array, depth: number): OnnxGraph {
  if (depth > MAX_DEPTH) throw invalidModel(`its graphs lie more than ${MAX_DEPTH} deep in one another`);
  const nodes: GraphNode[] = [];
  const outputs: string[] = [];
  const found = { weights: new Map<string, GraphWeight>(), byteWeights: new Map<string, GraphByteWeight>() };
  for (const field of fieldsOf(bytes)) {
    if (field.number === GRAPH_NODE) nodes.push(readNode(field.bytes, found, depth));
    else if (field.number === GRAPH_OUTPUT) outputs.push(nameOfField(field.bytes));
    else if (field.number === GRAPH_INITIALIZER) readWeight(field.bytes, found);
  }
  return { nodes, outputs, ...found };
}

type FoundWeights = {
  readonly weights: Map<string, GraphWeight>;
  readonly byteWeights: Map<string, GraphByteWeight>;
};

/** Of these the attributes are read at once: they hold weights, or graphs with weights. */
const WITH_WEIGHTS = new Set(['Constant', 'If', 'Loop', 'Scan']);

function readNode(bytes: Uint8Array, found: FoundWeights, depth: number): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: Uint8Array[] = [];
  let opType = '';
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) inputs.push(fieldText(field));
    else if (field.number === 2) outputs.push(fieldText(field));
    else if (field.number === 4) opType = fieldText(field);
    else if (field.number === 5) attributes.push(field.bytes);
  }
  const node = { opType, inputs, outputs };
  const read = () => readAttributes(attributes, (graph) => readGraph(graph, depth + 1));
  if (!WITH_WEIGHTS.has(opType)) return new NodeReadLater(node, read);
  const { tensor, ...rest } = read();
  if (opType === 'Constant' && tensor !== undefined) readWeight(tensor, found, outputs[0]);
  return { ...node, ...rest };
}

/** Of most nodes of a large graph nobody asks for an attribute. */
class NodeReadLater implements GraphNode {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly #readAttributes: () => NodeAttributes<OnnxGraph>;
  #attributes: NodeAttributes<OnnxGraph> | undefined;

  constructor(
    { opType, inputs, outputs }: Pick<GraphNode, 'opType' | 'inputs' | 'outputs'>,
    read: () => NodeAttributes<OnnxGraph>,
  ) {
    this.opType = opType;
    this.inputs = inputs;
    this.outputs = outputs;
    this.#readAttributes = read;
  }

  get integers(): GraphNode['integers'] {
    return this.#all.integers;
  }

  get floats(): GraphNode['floats'] {
    return this.#all.floats;
  }

  get branches(): GraphNode['branches'] {
    return this.#all.branches;
  }

  get #all(): NodeAttributes<OnnxGraph> {
    this.#attributes ??= this.#readAttributes();
    return this.#attributes;
  }
}

/** @param given the name of a constant, which its tensor does not have */
function readWeight(bytes: Uint8Array, into: FoundWeights, given?: string): void {
  const dims: number[] = [];
  let name = given ?? '';
  let type = 0;
  let data: Uint8Array = new Uint8Array(0);
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) dims.push(...integersOf(field));
    else if (field.number === 2) type = field.value;
    else if (field.number === 8) name = given ?? fieldText(field);
    else if (field.number === 9 || (field.number === 4 && field.wire === 2)) data = field.bytes;
    // Values of one byte that are not raw come as integers; negative ones would be ten bytes long each.
    else if (field.number === 5 && type === UINT8) data = Uint8Array.from(integersOf(field));
  }
  if (type === UINT8 || type === INT8)
    into.byteWeights.set(name, { dims, isSigned: type === INT8, bytes: data });
  if (type !== FLOAT32) return;
  if (data.length % 4 !== 0) throw invalidModel('a weight ends in the middle of a number');
  // A copy, because weights lie at any byte of the file; not `slice`, which shares memory when the file is a Buffer.
  into.weights.set(name, { dims, read: () => new Float32Array(new Uint8Array(data).buffer) });
}
