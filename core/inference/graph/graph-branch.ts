/**
 * One branch of a model whose graph is a single `If`, as a model of its own with only what some of its outputs need.
 *
 * Merged decoders choose in every run between a branch that computes keys and values anew and one that goes on from
 * those it is given. Apart, each is smaller, and the runtime packs the weights of a branch once, not of both.
 *
 * @see onnx/onnx.proto (ModelProto.graph = 7; GraphProto: node 1, initializer 5, input 11, output 12; NodeProto: input 1,
 *   output 2, op_type 4, attribute 5; AttributeProto: name 1, g 6; TensorProto.name = 8)
 */
import { graphOf, MODEL_GRAPH, nameOfField } from './model-fields.ts';
import { bytesField, fieldsOf, fieldText, joinPieces, type Pieces } from './onnx-wire.ts';
import { nodeField } from './onnx-writer.ts';

const GRAPH_NODE = 1;
const GRAPH_INITIALIZER = 5;
const GRAPH_INPUT = 11;
const GRAPH_OUTPUT = 12;

export type BranchChoice = 'then_branch' | 'else_branch';

/** A field of a graph as it lies in the file, by the name of what it holds. */
type Named = { readonly name: string; readonly raw: Uint8Array };
type RawNode = {
  readonly raw: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly type: string;
  readonly branches: ReadonlyMap<string, Uint8Array>;
};
type RawGraph = {
  readonly nodes: readonly RawNode[];
  readonly initializers: readonly Named[];
  readonly inputs: readonly Named[];
  readonly outputs: readonly Named[];
};

/**
 * @param outputs of the model that the new one has; its inputs are those that they depend on
 * @returns undefined where the graph is no single `If`, lacks one of the outputs, or has graphs within a branch
 * @throws InvalidInputError `invalid_file` for bytes that are no ONNX model
 */
export function branchModel(
  model: Uint8Array,
  choice: BranchChoice,
  outputs: readonly string[],
): Uint8Array | undefined {
  const whole = graphOf(model);
  const graph = rawGraph(whole.bytes);
  const [decision] = graph.nodes;
  const bytes = decision?.type === 'If' && graph.nodes.length === 1 && decision.branches.get(choice);
  if (!decision || !bytes) return undefined;
  const branch = rawGraph(bytes);
  const inner = new Map(decision.outputs.map((name, index) => [name, branch.outputs[index]?.name]));
  const wanted = outputs.map((name) => ({ name, from: inner.get(name) }));
  if (wanted.some(({ from }) => from === undefined)) return undefined;
  if (branch.nodes.some(({ branches }) => branches.size > 0)) return undefined;
  const { nodes, needed } = neededNodes(
    branch.nodes,
    wanted.map(({ from }) => from!),
  );
  const isNeeded = ({ name }: Named): boolean => needed.has(name);
  const fields: Pieces = [
    ...nodes.map(({ raw }) => raw),
    ...wanted.flatMap(({ name, from }) =>
      nodeField({ operation: 'Identity', inputs: [from!], outputs: [name] }),
    ),
    ...[...graph.initializers, ...branch.initializers, ...graph.inputs]
      .filter(isNeeded)
      .map(({ raw }) => raw),
    ...graph.outputs.filter(({ name }) => outputs.includes(name)).map(({ raw }) => raw),
  ];
  return joinPieces([
    model.subarray(0, whole.start),
    ...bytesField(MODEL_GRAPH, fields),
    model.subarray(whole.end),
  ]);
}

/** Nodes that some tensors depend on, in their order, and all names that these read. */
function neededNodes(nodes: readonly RawNode[], tensors: readonly string[]) {
  const needed = new Set(tensors);
  const kept = nodes.toReversed().filter((node) => {
    if (!node.outputs.some((name) => needed.has(name))) return false;
    for (const name of node.inputs) needed.add(name);
    return true;
  });
  return { nodes: kept.reverse(), needed };
}

function rawGraph(bytes: Uint8Array): RawGraph {
  const nodes: RawNode[] = [];
  const [initializers, inputs, outputs]: [Named[], Named[], Named[]] = [[], [], []];
  for (const { number, bytes: content, raw } of fieldsOf(bytes)) {
    if (number === GRAPH_NODE) nodes.push(rawNode(content, raw));
    else if (number === GRAPH_INITIALIZER) initializers.push({ name: textOf(content, 8), raw });
    else if (number === GRAPH_INPUT) inputs.push({ name: nameOfField(content), raw });
    else if (number === GRAPH_OUTPUT) outputs.push({ name: nameOfField(content), raw });
  }
  return { nodes, initializers, inputs, outputs };
}

function rawNode(bytes: Uint8Array, raw: Uint8Array): RawNode {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const branches = new Map<string, Uint8Array>();
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) inputs.push(fieldText(field));
    else if (field.number === 2) outputs.push(fieldText(field));
    else if (field.number === 5) {
      const graph = [...fieldsOf(field.bytes)].find(({ number, wire }) => number === 6 && wire === 2);
      if (graph !== undefined) branches.set(nameOfField(field.bytes), graph.bytes);
    }
  }
  return { raw, inputs, outputs, type: textOf(bytes, 4), branches };
}

function textOf(bytes: Uint8Array, number: number): string {
  const field = [...fieldsOf(bytes)].find((candidate) => candidate.number === number);
  return field === undefined ? '' : fieldText(field);
}
