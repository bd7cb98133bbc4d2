import type { GraphBuilder } from '../inference/graph/graph-builder.ts';
import { multipliesSignedBytes } from '../inference/processor.ts';
import { RUNTIME_DOMAIN } from '../inference/graph/onnx-writer.ts';
import { type MemoryLayer, type SegmentationWeights, SLOPE, STATE_SIZE } from './segmentation-weights.ts';
import { quantiseRows } from './quantise-rows.ts';

/** How the weights of the memory are kept: as published, or in 8 bits with a scale for each gate of a direction. */
export const MEMORY_PRECISIONS = ['float32', 'int8'] as const;
export type MemoryPrecision = (typeof MEMORY_PRECISIONS)[number];

const GATE_COUNT = 4 * STATE_SIZE;

/** The layers of memory and what follows: [windows, 60, frames] → `output`, log-probabilities [windows, frames, 7]. */
export function addMemory(
  graph: GraphBuilder,
  { memory, linear }: SegmentationWeights,
  heard: string,
  precision: MemoryPrecision,
): void {
  let values = graph.add('Transpose', [heard], { perm: [2, 0, 1] });
  const rows = graph.integers(0, 0, 2 * STATE_SIZE);
  for (const layer of memory) {
    const states =
      precision === 'float32' ? addFloatLayer(graph, layer, values) : addByteLayer(graph, layer, values);
    // [frames, directions, windows, state] → [frames, windows, both states]
    values = graph.add('Reshape', [graph.add('Transpose', [states], { perm: [0, 2, 1, 3] }), rows]);
  }
  values = graph.add('Transpose', [values], { perm: [1, 0, 2] });
  linear.forEach(({ weight, bias }, index) => {
    const matrix = graph.floats([weight.length / bias.length, bias.length], weight);
    const product = graph.add('MatMul', [values, matrix]);
    values = graph.add('Add', [product, graph.floats([bias.length], bias)]);
    if (index < linear.length - 1) values = graph.add('LeakyRelu', [values], { alpha: { float: SLOPE } });
  });
  graph.add('LogSoftmax', [values], { axis: 2 }, 'output');
}

const SETTINGS = { hidden_size: STATE_SIZE, direction: 'bidirectional' } as const;

/** [frames, windows, in] → [frames, 2, windows, state] */
function addFloatLayer(
  graph: GraphBuilder,
  { inputSize, input, recurrent, bias }: MemoryLayer,
  values: string,
): string {
  return graph.add(
    'LSTM',
    [
      values,
      graph.floats([2, GATE_COUNT, inputSize], input),
      graph.floats([2, GATE_COUNT, STATE_SIZE], recurrent),
      graph.floats([2, 2 * GATE_COUNT], bias),
    ],
    SETTINGS,
  );
}

/** The same with weights in 8 bits; the runtime brings what it hears into 8 bits too, by one scale for the whole run. */
function addByteLayer(
  graph: GraphBuilder,
  { inputSize, input, recurrent, bias }: MemoryLayer,
  values: string,
): string {
  const [inputs, states] = [addBytes(graph, input, inputSize), addBytes(graph, recurrent, STATE_SIZE)];
  return graph.add(
    'DynamicQuantizeLSTM',
    [
      values,
      inputs.bytes,
      states.bytes,
      graph.floats([2, 2 * GATE_COUNT], bias),
      '',
      '',
      '',
      '',
      inputs.scales,
      inputs.zeroPoints,
      states.scales,
      states.zeroPoints,
    ],
    SETTINGS,
    undefined,
    RUNTIME_DOMAIN,
  );
}

/** The same numbers with a sign or without, whichever the processor multiplies without loss. */
function addBytes(graph: GraphBuilder, weights: Float32Array, inputSize: number) {
  const { bytes, scales } = quantiseRows(weights, inputSize, GATE_COUNT);
  const isSigned = multipliesSignedBytes();
  const zeros = new Int8Array(scales.length);
  return {
    bytes: graph.bytes([2, inputSize, GATE_COUNT], isSigned ? bytes : unsigned(bytes)),
    scales: graph.floats([2, GATE_COUNT], scales),
    zeroPoints: graph.bytes([2, GATE_COUNT], isSigned ? zeros : unsigned(zeros)),
  };
}

function unsigned(bytes: Int8Array): Uint8Array {
  return Uint8Array.from(bytes, (value) => value + 128);
}
