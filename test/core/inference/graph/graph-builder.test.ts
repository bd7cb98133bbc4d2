import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../../core/inference/graph/graph-builder.ts';
import { openOnnxSession } from '../../../../core/inference/onnx-session.ts';
import { GE2E_MODEL } from '../../../support/embedded-models.ts';

describe('GraphBuilder', () => {
  it('names what needs no name, each differently, and keeps the names that are given', async () => {
    const graph = new GraphBuilder();
    const doubled = graph.add('Add', ['x', 'x']);
    const shifted = graph.add('Add', [doubled, graph.floats([1], Float32Array.of(0.5))]);
    graph.addNamed('Split', [shifted, graph.integers(1, 2)], { axis: 0 }, ['first', 'rest']);
    graph.add('Neg', ['first'], {}, 'negative');
    const bytes = graph.write(
      'test',
      [{ name: 'x', dims: [3] }],
      [
        { name: 'negative', dims: [1] },
        { name: 'rest', dims: [2] },
      ],
    );
    const model = { ...GE2E_MODEL, inputs: ['x'], outputs: ['negative', 'rest'] };
    const session = await openOnnxSession(model, {
      provider: 'cpu',
      graph: { form: 'test', make: () => Promise.resolve(bytes) },
    });
    const outputs = await session.run({ x: { data: Float32Array.of(1, 2, 3), dims: [3] } });
    await session.release();
    expect(outputs.negative!.data).toEqual(Float32Array.of(-2.5));
    expect(outputs.rest!.data).toEqual(Float32Array.of(4.5, 6.5));
  });
});
