import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type GraphNode, type OnnxGraph, readOnnxGraph } from '../../../core/inference/graph/onnx-graph.ts';
import { findSileroWeights } from '../../../core/vad/silero-weights.ts';
import { GE2E_MODEL } from '../../support/embedded-models.ts';
import { SILERO_MODEL } from '../../support/silero-session.ts';

const published = readOnnxGraph(readFileSync(SILERO_MODEL.path));

/** The graph with every node and weight changed, in all branches. */
function changed(
  graph: OnnxGraph,
  change: {
    node?: (node: GraphNode) => GraphNode;
    weight?: (name: string, dims: readonly number[]) => readonly number[];
    name?: (name: string) => string;
  },
): OnnxGraph {
  const {
    node: changeNode = same,
    weight = (_name: string, dims: readonly number[]) => dims,
    name = same,
  } = change;
  return {
    ...graph,
    nodes: graph.nodes.map((node) =>
      changeNode({
        ...fieldsOf(node),
        inputs: node.inputs.map(name),
        outputs: node.outputs.map(name),
        branches: node.branches.map((branch) => changed(branch, change)),
      }),
    ),
    weights: new Map(
      [...graph.weights].map(([key, { dims, read }]) => [name(key), { dims: weight(key, dims), read }]),
    ),
  };
}

function same<T>(value: T): T {
  return value;
}

describe('findSileroWeights', () => {
  it('finds the network for 16 kHz beside the one for 8 kHz', () => {
    const weights = findSileroWeights(published)!;
    expect(weights.basis).toHaveLength(258 * 256);
    expect(weights.encoder.map(({ weight, bias }) => [weight.length, bias.length])).toEqual([
      [128 * 129 * 3, 128],
      [64 * 128 * 3, 64],
      [64 * 64 * 3, 64],
      [128 * 64 * 3, 128],
    ]);
    expect(weights.output.bias).toHaveLength(1);
  });

  it('finds it whatever stands before the names', () => {
    const renamed = changed(published, { name: (name) => name.replace(/^If_0_then_branch__/, 'model.') });
    expect(findSileroWeights(renamed)!.output).toEqual(findSileroWeights(published)!.output);
  });

  it.each<[string, Parameters<typeof changed>[1]]>([
    ['another stride', { node: withIntegers('strides', [4]) }],
    ['another padding', { node: withIntegers('pads', [0, 2]) }],
    ['another activation', { node: withOperation('Relu', 'Elu') }],
    ['another spectrum', { node: withOperation('Sqrt', 'Log') }],
    ['a layer of another size', { weight: (name, dims) => (name.endsWith('weight_hh') ? [512, 64] : dims) }],
    ['fewer numbers than its shape says', { weight: (_name, dims) => dims.map((size) => size * 2) }],
    ['other names', { name: (name) => name.replace('encoder.3', 'encoder.4') }],
  ])('finds nothing in a graph with %s', (_what, change) => {
    expect(findSileroWeights(changed(published, change))).toBeUndefined();
  });

  it('finds nothing in another network', () => {
    expect(findSileroWeights(readOnnxGraph(readFileSync(GE2E_MODEL.path)))).toBeUndefined();
  });
});

/** A node of a file reads its attributes when they are asked for: copies ask. */
function fieldsOf({ opType, inputs, outputs, integers, floats, branches }: GraphNode): GraphNode {
  return { opType, inputs, outputs, integers, floats, branches };
}

function withIntegers(attribute: string, values: readonly number[]) {
  return (node: GraphNode): GraphNode => ({
    ...fieldsOf(node),
    integers: new Map([...node.integers].map(([key, value]) => [key, key === attribute ? values : value])),
  });
}

function withOperation(from: string, to: string) {
  return (node: GraphNode): GraphNode => ({
    ...fieldsOf(node),
    opType: node.opType === from ? to : node.opType,
  });
}
