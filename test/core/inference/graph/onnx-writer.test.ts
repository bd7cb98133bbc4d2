import { describe, expect, it } from 'vitest';
import { readGraphShapes } from '../../../../core/inference/graph/graph-shapes.ts';
import { readOnnxGraph } from '../../../../core/inference/graph/onnx-graph.ts';
import { openOnnxSession } from '../../../../core/inference/onnx-session.ts';
import { type GraphDescription, writeOnnxModel } from '../../../../core/inference/graph/onnx-writer.ts';
import { GE2E_MODEL } from '../../../support/embedded-models.ts';

/** y = relu(x · weight) over rows, then the two columns changed places. */
const LAYER: GraphDescription = {
  name: 'layer',
  inputs: [{ name: 'x', dims: ['rows', 3] }],
  outputs: [{ name: 'y', dims: [2, 'rows'] }],
  constants: [
    { name: 'weight', dims: [2, 3], data: Float32Array.of(1, 2, 3, -4, -5, -6) },
    { name: 'shape', dims: [2], data: BigInt64Array.of(2n, -1n) },
  ],
  nodes: [
    { operation: 'Gemm', inputs: ['x', 'weight'], outputs: ['product'], attributes: { transB: 1 } },
    { operation: 'Relu', inputs: ['product'], outputs: ['positive'] },
    { operation: 'Reshape', inputs: ['positive', 'shape'], outputs: ['y'] },
  ],
};

describe('writeOnnxModel', () => {
  it('writes a graph that the runtime runs', async () => {
    const graph = writeOnnxModel(LAYER);
    const model = { ...GE2E_MODEL, inputs: ['x'], outputs: ['y'] };
    const session = await openOnnxSession(model, {
      provider: 'cpu',
      graph: { form: 'test', make: () => Promise.resolve(graph) },
    });
    const { y } = await session.run({ x: { data: Float32Array.of(1, 1, 1, -1, 0, 0), dims: [2, 3] } });
    await session.release();
    expect(y).toEqual({ data: Float32Array.of(6, 0, 0, 4), dims: [2, 2] });
  });

  it('writes what is read back the same', () => {
    const model = writeOnnxModel(LAYER);
    const graph = readOnnxGraph(model);
    expect(graph.nodes.map(({ opType, inputs, outputs }) => ({ opType, inputs, outputs }))).toEqual(
      LAYER.nodes.map(({ operation, inputs, outputs }) => ({ opType: operation, inputs, outputs })),
    );
    expect(graph.nodes[0]!.integers.get('transB')).toEqual([1]);
    expect(graph.weights.get('weight')!.dims).toEqual([2, 3]);
    expect(graph.weights.get('weight')!.read()).toEqual(LAYER.constants[0]!.data);
    expect([...graph.weights.keys()], 'weights are float32').toEqual(['weight']);
    const shapes = readGraphShapes(model);
    expect(shapes.inputs.get('x')).toEqual([undefined, 3]);
    expect(shapes.outputs.get('y')).toEqual([2, undefined]);
  });
});
