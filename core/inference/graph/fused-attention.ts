/**
 * Attention in one operation of the runtime instead of products, softmax and product: the weights of all frames for all
 * frames, 72 MB in a window of Whisper base, are never there at once.
 */
import { editGraph } from './graph-editor.ts';
import { type GraphNode, type OnnxGraph, readOnnxGraph } from './onnx-graph.ts';
import { type OperationNode, RUNTIME_DOMAIN } from './onnx-writer.ts';

/** Names the form of the graph. */
export const FUSED_ATTENTION = 'fused-attention-1';

/**
 * The same model with every attention over all of its own frames fused: `[B, T, width]` is reshaped and transposed to
 * heads, multiplied, scaled, put through a softmax, and joined again. The model as it is where none is written so.
 *
 * @throws InvalidInputError `invalid_file` for bytes that are no ONNX model
 */
export function fuseAttention(model: Uint8Array, headCount: number): Uint8Array {
  const graph = readOnnxGraph(model);
  const replaced = new Map<GraphNode, readonly OperationNode[]>();
  const finder = new AttentionFinder(graph);
  for (const softmax of graph.nodes.filter(({ opType }) => opType === 'Softmax')) {
    const found = finder.around(softmax);
    if (found === undefined) continue;
    const { query, key, value, scale, joined, dropped } = found;
    dropped.forEach((node) => replaced.set(node, []));
    replaced.set(joined, [
      {
        operation: 'MultiHeadAttention',
        domain: RUNTIME_DOMAIN,
        inputs: [query, key, value],
        outputs: [joined.outputs[0]!],
        attributes: { num_heads: headCount, scale: { float: scale } },
      },
    ]);
  }
  return replaced.size === 0 ? model : editGraph(model, graph, { replaced, constants: [] });
}

type Attention = {
  /** Tensors [B, T, width]. */
  readonly query: string;
  readonly key: string;
  readonly value: string;
  readonly scale: number;
  /** The operation that gives [B, T, width] again. */
  readonly joined: GraphNode;
  /** Operations that nothing else needs. */
  readonly dropped: readonly GraphNode[];
};

class AttentionFinder {
  readonly #graph: OnnxGraph;
  readonly #makers = new Map<string, GraphNode>();
  readonly #users = new Map<string, GraphNode[]>();

  constructor(graph: OnnxGraph) {
    this.#graph = graph;
    for (const node of graph.nodes) {
      for (const name of node.outputs) this.#makers.set(name, node);
      for (const name of node.inputs) this.#users.set(name, [...(this.#users.get(name) ?? []), node]);
    }
  }

  around(softmax: GraphNode): Attention | undefined {
    const scaled = this.#scaled(softmax.inputs[0]!);
    const scores = this.#only(scaled?.tensor, 'MatMul');
    const mixed = this.#soleUser(softmax, 'MatMul');
    const transposed = mixed && this.#soleUser(mixed, 'Transpose');
    const joined = transposed && this.#soleUser(transposed, 'Reshape');
    if (scaled === undefined || scores === undefined || joined === undefined) return undefined;
    const query = this.#heads(scores.inputs[0]!, '0,2,1,3');
    const key = this.#heads(scores.inputs[1]!, '0,2,3,1');
    const value = this.#heads(mixed!.inputs[1]!, '0,2,1,3');
    if (query === undefined || key === undefined || value === undefined) return undefined;
    return {
      query: query.tensor,
      key: key.tensor,
      value: value.tensor,
      scale: scaled.scale,
      joined,
      dropped: [
        ...[query, key, value].flatMap(({ nodes }) => nodes),
        ...scaled.nodes,
        scores,
        softmax,
        mixed!,
        transposed!,
      ],
    };
  }

  /** What a softmax takes, before a constant was multiplied to it. */
  #scaled(name: string): { tensor: string; scale: number; nodes: GraphNode[] } | undefined {
    const node = this.#makers.get(name);
    if (node?.opType !== 'Mul') return { tensor: name, scale: 1, nodes: [] };
    const constant = this.#graph.weights.get(node.inputs[1]!);
    if (constant === undefined || constant.dims.some((size) => size !== 1)) return undefined;
    return { tensor: node.inputs[0]!, scale: constant.read()[0]!, nodes: [node] };
  }

  /** Where heads were made from [B, T, width] by a reshape and this transposition. */
  #heads(name: string, order: string): { tensor: string; nodes: GraphNode[] } | undefined {
    const transposed = this.#only(name, 'Transpose');
    const reshaped = this.#only(transposed?.inputs[0], 'Reshape');
    if (transposed === undefined || reshaped === undefined) return undefined;
    if (transposed.integers.get('perm')?.join() !== order) return undefined;
    return { tensor: reshaped.inputs[0]!, nodes: [transposed, reshaped] };
  }

  /** What makes a tensor that one operation alone reads. */
  #only(name: string | undefined, type: string): GraphNode | undefined {
    if (name === undefined || this.#users.get(name)?.length !== 1) return undefined;
    const node = this.#makers.get(name);
    return node?.opType === type ? node : undefined;
  }

  #soleUser(node: GraphNode, type: string): GraphNode | undefined {
    const users = this.#users.get(node.outputs[0]!);
    return users?.length === 1 && users[0]!.opType === type ? users[0] : undefined;
  }
}
