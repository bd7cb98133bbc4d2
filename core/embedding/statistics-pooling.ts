/** Finds, in the graph of a speaker encoder, where frames become one vector: mean and deviation, then a linear layer. */
import { ModelError } from '../errors.ts';
import { statisticsMemory, TrunkStatistics } from './masked-pooling.ts';
import type { Session, Tensor } from '../inference/session.ts';
import type { GraphNode, GraphWeight, OnnxGraph } from '../inference/graph/onnx-graph.ts';

/** The layers behind the trunk, to be computed outside the graph once per mask. */
export type StatisticsPooling = {
  /** Tensor [batch, …features, frames] that the trunk ends with. */
  readonly trunkOutput: string;
  /** [dimension, 2 × features], row-major: for means, then for deviations. */
  readonly weight: Float32Array;
  /** [dimension] */
  readonly bias: Float32Array;
  readonly dimension: number;
};

/** Nodes that only change the shape. */
const RESHAPING = new Set(['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Identity']);

/**
 * Follows the graph back from its output: linear layer, concatenation of two statistics, mean over time, trunk.
 *
 * A constant that is subtracted from the embedding (WeSpeaker's mean vector) goes into the bias.
 *
 * @throws ModelError `model_shape_mismatch` when the graph is built otherwise
 */
export function findStatisticsPooling(graph: OnnxGraph, modelId: string): StatisticsPooling {
  const makerOf = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)),
  );
  const behindShapes = (tensor: string): GraphNode | undefined => {
    let node = makerOf.get(tensor);
    while (node !== undefined && RESHAPING.has(node.opType)) node = makerOf.get(node.inputs[0]!);
    return node;
  };
  const fail = (found: string): ModelError =>
    new ModelError(
      'model_shape_mismatch',
      `Expected ${modelId} to end in statistics pooling and a linear layer, found ${found}. Use an encoder of the WeSpeaker family, or one with a weights input.`,
      { details: { model: modelId } },
    );
  const weightOf = (name: string | undefined): GraphWeight => {
    const weight = name === undefined ? undefined : graph.weights.get(name);
    if (weight === undefined) throw fail('a layer without constant weights');
    return weight;
  };

  let last = behindShapes(graph.outputs[0] ?? '');
  let shift: Float32Array | undefined;
  if (last?.opType === 'Sub') {
    shift = weightOf(last.inputs[1]).read();
    last = behindShapes(last.inputs[0]!);
  }
  if (last?.opType !== 'Gemm') throw fail(last?.opType ?? 'nothing');
  const concat = behindShapes(last.inputs[0]!);
  if (concat?.opType !== 'Concat' || concat.inputs.length !== 2) throw fail(concat?.opType ?? 'nothing');
  const mean = behindShapes(concat.inputs[0]!);
  if (mean?.opType !== 'ReduceMean') throw fail(mean?.opType ?? 'nothing');

  const matrix = weightOf(last.inputs[1]);
  const bias = weightOf(last.inputs[2]).read();
  const weight = matrix.dims[0] === bias.length ? matrix.read() : transposed(matrix);
  if (shift !== undefined) for (let index = 0; index < bias.length; index++) bias[index]! -= shift[index]!;
  return { trunkOutput: mean.inputs[0]!, weight, bias, dimension: bias.length };
}

function transposed({ dims, read }: GraphWeight): Float32Array {
  const [rows, columns] = [dims[0]!, dims[1]!];
  const data = read();
  const out = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = data[row * columns + column]!;
  }
  return out;
}

/**
 * Sends features through the trunk alone.
 *
 * @param features [1, frames, bins]; unchanged until the promise settles
 * @param memoryFor gives room for so many sums; absent: it is made
 * @throws ModelError `model_shape_mismatch` when the trunk gives another number of features than the layer behind takes
 */
export async function runTrunk(
  session: Session,
  { trunkOutput, weight, dimension }: StatisticsPooling,
  features: Tensor<Float32Array>,
  memoryFor = statisticsMemory,
): Promise<TrunkStatistics> {
  const input = session.model.inputs[0]!;
  const results = await session.run({ [input]: features }, [trunkOutput]);
  const { data, dims } = results[trunkOutput]!;
  const featureCount = weight.length / dimension / 2;
  const frameCount = dims.at(-1) ?? 0;
  if (!(data instanceof Float32Array) || data.length !== featureCount * frameCount) {
    throw new ModelError(
      'model_shape_mismatch',
      `Expected the trunk of ${session.model.id} to give ${featureCount} features a frame, got [${dims.join(', ')}].`,
    );
  }
  return new TrunkStatistics(data, featureCount, frameCount, memoryFor((frameCount + 1) * featureCount));
}
