/**
 * The same model with other operations or more outputs; all else is copied byte for byte.
 *
 * @see onnx/onnx.proto (ModelProto.graph = 7; GraphProto: node 1, input 11, output 12, value_info 13; NodeProto.attribute = 5; AttributeProto.g = 6)
 */
import { graphOf, MODEL_GRAPH, nameOfField, opsetVersion } from './model-fields.ts';
import type { GraphNode, OnnxGraph } from './onnx-graph.ts';
import { bytesField, fieldsOf, joinPieces, type Pieces, textField } from './onnx-wire.ts';
import {
  constantField,
  type GraphConstant,
  type GraphValue,
  nodeField,
  type OperationNode,
  opset,
  valueFields,
} from './onnx-writer.ts';

const GRAPH_NODE = 1;
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;
/** Shapes of inner tensors, which the runtime infers anyway. */
const GRAPH_INNER_SHAPE = 13;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_GRAPH = 6;

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

/**
 * The same model with other shapes of some inputs and outputs, all of float32.
 *
 * @throws InvalidInputError `invalid_file` for bytes that are no ONNX model
 */
export function reshapeGraph(model: Uint8Array, values: readonly GraphValue[]): Uint8Array {
  const graph = graphOf(model);
  const fields = [...fieldsOf(graph.bytes)].flatMap(({ number, bytes, raw }): Pieces => {
    if (number === GRAPH_INNER_SHAPE) return [];
    if (number !== GRAPH_INPUT && number !== GRAPH_OUTPUT) return [raw];
    const value = values.find(({ name }) => name === nameOfField(bytes));
    return value === undefined ? [raw] : bytesField(number, valueFields(value));
  });
  return joinPieces([
    model.subarray(0, graph.start),
    ...bytesField(MODEL_GRAPH, fields),
    model.subarray(graph.end),
  ]);
}

/** What changes in a graph. */
export type GraphEdit = {
  /** Nodes of the graph, or of graphs inside, and the operations that run in their place; none drops a node. */
  readonly replaced: ReadonlyMap<GraphNode, readonly OperationNode[]>;
  /** Constants of the outermost graph, in reach of all inside. */
  readonly constants: readonly GraphConstant[];
};

/**
 * The same model with some of its operations replaced.
 *
 * @param graph what `readOnnxGraph` gave for this model; its nodes are the keys of the edit
 */
export function editGraph(
  model: Uint8Array,
  graph: OnnxGraph,
  { replaced, constants }: GraphEdit,
): Uint8Array {
  const { bytes, start, end } = graphOf(model);
  const domains = [...replaced.values()].flat().flatMap(({ domain }) => domain ?? []);
  return joinPieces([
    model.subarray(0, start),
    ...bytesField(MODEL_GRAPH, [...editedGraph(bytes, graph, replaced), ...constants.flatMap(constantField)]),
    model.subarray(end),
    ...[...new Set(domains)]
      .filter((domain) => opsetVersion(model, domain) === 0)
      .flatMap((domain) => opset(domain, 1)),
  ]);
}

function editedGraph(bytes: Uint8Array, graph: OnnxGraph, replaced: GraphEdit['replaced']): Pieces {
  let index = 0;
  return [...fieldsOf(bytes)].flatMap(({ number, bytes: content, raw }): Pieces => {
    if (number !== GRAPH_NODE) return [raw];
    const node = graph.nodes[index++]!;
    const others = replaced.get(node);
    if (others !== undefined) return others.flatMap(nodeField);
    return node.branches.length === 0 ? [raw] : bytesField(GRAPH_NODE, editedNode(content, node, replaced));
  });
}

function editedNode(bytes: Uint8Array, node: GraphNode, replaced: GraphEdit['replaced']): Pieces {
  let index = 0;
  return [...fieldsOf(bytes)].flatMap(({ number, bytes: attribute, raw }): Pieces => {
    if (number !== NODE_ATTRIBUTE) return [raw];
    const fields = [...fieldsOf(attribute)].flatMap((field): Pieces =>
      field.number === ATTRIBUTE_GRAPH
        ? bytesField(ATTRIBUTE_GRAPH, editedGraph(field.bytes, node.branches[index++]!, replaced))
        : [field.raw],
    );
    return bytesField(NODE_ATTRIBUTE, fields);
  });
}
