/**
 * Silero VAD as a graph over many chunks at once.
 *
 * The published graph takes one chunk a run, and its convolutions over four frames are too small for the runtime: they
 * take the same time a chunk in a batch (123 µs in silero-vad's own `silero_vad_16k_sequence.onnx`). Only the memory
 * needs one chunk after the other. So all else is written as products of matrices with a row per chunk, in which a
 * convolution over a few frames is one matrix, mostly zeros for the frames that it does not see.
 *
 * @see silero-vad 6.2.3 `sequence_vad.py`: the same idea with the published convolutions
 */
import { type GraphConstant, type OperationNode, writeOnnxModel } from '../inference/onnx-writer.ts';
import { ENCODER_SHAPE, type LayerWeights, type SileroWeights } from './silero-weights.ts';

/** What goes in and comes out: chunks [chunks, 576] with their context, state [2, 1, 128]; probabilities [chunks]. */
export const SEQUENCE_GRAPH = {
  inputs: ['chunks', 'state'],
  outputs: ['probabilities', 'stateN'],
} as const;

const CHUNK_SAMPLES = 576;
/** Mirrored at the end of a chunk. */
const MIRRORED_SAMPLES = 64;
const WINDOW_SAMPLES = 256;
const HOP_SAMPLES = 128;
const HOPS = (CHUNK_SAMPLES + MIRRORED_SAMPLES) / HOP_SAMPLES;
const FRAMES = HOPS - 1;
const FREQUENCIES = 129;
const MEMORY = 128;

/** The bytes of the graph. */
export function buildSileroSequenceGraph(weights: SileroWeights): Uint8Array {
  const graph = new GraphBuilder();
  const magnitudes = addSpectrum(graph, weights.basis);
  const heard = addEncoder(graph, weights.encoder, magnitudes);
  const remembered = addMemory(graph, weights.recurrent, heard);
  addOutput(graph, weights.output, remembered);
  return writeOnnxModel({
    name: 'silero-vad-sequence',
    inputs: [
      { name: 'chunks', dims: ['chunkCount', CHUNK_SAMPLES] },
      { name: 'state', dims: [2, 1, MEMORY] },
    ],
    outputs: [
      { name: 'probabilities', dims: ['chunkCount'] },
      { name: 'stateN', dims: [2, 1, MEMORY] },
    ],
    constants: graph.constants,
    nodes: graph.nodes,
  });
}

/** chunks → [chunks × frames, frequencies], the magnitude of each. */
function addSpectrum(graph: GraphBuilder, basis: Float32Array): string {
  const mirrored = graph.node('Pad', ['chunks', graph.integers(0, 0, 0, MIRRORED_SAMPLES)], {
    mode: 'reflect',
  });
  const hops = graph.node('Reshape', [mirrored, graph.integers(-1, HOPS, HOP_SAMPLES)]);
  // A window is two hops long: each hop but the last, beside the one after it.
  const first = graph.node('Slice', [hops, graph.integers(0), graph.integers(FRAMES), graph.integers(1)]);
  const second = graph.node('Slice', [hops, graph.integers(1), graph.integers(HOPS), graph.integers(1)]);
  const pairs = graph.node('Concat', [first, second], { axis: 2 });
  const windows = graph.node('Reshape', [pairs, graph.integers(-1, WINDOW_SAMPLES)]);
  const squares = [0, 1].map((part) => {
    const size = FREQUENCIES * WINDOW_SAMPLES;
    const dims = [FREQUENCIES, WINDOW_SAMPLES];
    const rows = graph.floats(dims, basis.subarray(part * size, (part + 1) * size));
    const values = graph.node('Gemm', [windows, rows], { transB: 1 });
    return graph.node('Mul', [values, values]);
  });
  return graph.node('Sqrt', [graph.node('Add', squares)]);
}

/** [chunks × frames, frequencies] → [chunks, memory] */
function addEncoder(graph: GraphBuilder, layers: readonly LayerWeights[], magnitudes: string): string {
  let frames = FRAMES;
  let values = graph.node('Reshape', [magnitudes, graph.integers(-1, FRAMES * FREQUENCIES)]);
  for (const [index, { weight, bias }] of layers.entries()) {
    const shape = ENCODER_SHAPE[index]!;
    const framesOut = Math.ceil(frames / shape.stride);
    const rows = frames * shape.channelsIn;
    const columns = framesOut * shape.channelsOut;
    const matrix = graph.floats([rows, columns], convolutionMatrix(weight, { ...shape, frames, framesOut }));
    const repeated = Float32Array.from({ length: columns }, (_, column) => bias[column % bias.length]!);
    values = graph.node('Relu', [graph.node('Gemm', [values, matrix, graph.floats([columns], repeated)])]);
    frames = framesOut;
  }
  return values;
}

/** [chunks, memory] → the same, with what was heard before; writes `stateN`. */
function addMemory(
  graph: GraphBuilder,
  { input, hidden }: SileroWeights['recurrent'],
  heard: string,
): string {
  const sequence = graph.node('Reshape', [heard, graph.integers(-1, 1, MEMORY)]);
  const before = [0, 1].map((index) =>
    graph.node('Slice', ['state', graph.integers(index), graph.integers(index + 1), graph.integers(0)]),
  );
  const gates = 4 * MEMORY;
  const biases = new Float32Array(2 * gates);
  biases.set(inOnnxOrder(input.bias, 1));
  biases.set(inOnnxOrder(hidden.bias, 1), gates);
  const [all, lastHidden, lastCell] = graph.nodeOf3(
    'LSTM',
    [
      sequence,
      graph.floats([1, gates, MEMORY], inOnnxOrder(input.weight, MEMORY)),
      graph.floats([1, gates, MEMORY], inOnnxOrder(hidden.weight, MEMORY)),
      graph.floats([1, 2 * gates], biases),
      '',
      ...before,
    ],
    { hidden_size: MEMORY },
  );
  graph.node('Concat', [lastHidden, lastCell], { axis: 0 }, 'stateN');
  return graph.node('Reshape', [all, graph.integers(-1, MEMORY)]);
}

/** [chunks, memory] → `probabilities` */
function addOutput(graph: GraphBuilder, { weight, bias }: LayerWeights, remembered: string): void {
  const row = graph.floats([1, MEMORY], weight);
  const active = graph.node('Relu', [remembered]);
  const logits = graph.node('Gemm', [active, row, graph.floats([1], bias)], { transB: 1 });
  const probabilities = graph.node('Sigmoid', [logits]);
  graph.node('Reshape', [probabilities, graph.integers(-1)], {}, 'probabilities');
}

/**
 * A convolution over a fixed number of frames as a matrix [frames × channelsIn, framesOut × channelsOut].
 *
 * @param weight [channelsOut, channelsIn, kernel]
 */
export function convolutionMatrix(
  weight: Float32Array,
  shape: {
    readonly channelsOut: number;
    readonly channelsIn: number;
    readonly kernel: number;
    readonly stride: number;
    readonly padding: number;
    readonly frames: number;
    readonly framesOut: number;
  },
): Float32Array {
  const { channelsOut, channelsIn, kernel, stride, padding, frames, framesOut } = shape;
  const columns = framesOut * channelsOut;
  const matrix = new Float32Array(frames * channelsIn * columns);
  for (let frameOut = 0; frameOut < framesOut; frameOut++) {
    for (let tap = 0; tap < kernel; tap++) {
      const frame = frameOut * stride + tap - padding;
      if (frame < 0 || frame >= frames) continue;
      for (let channelIn = 0; channelIn < channelsIn; channelIn++) {
        const row = (frame * channelsIn + channelIn) * columns + frameOut * channelsOut;
        for (let channelOut = 0; channelOut < channelsOut; channelOut++)
          matrix[row + channelOut] = weight[(channelOut * channelsIn + channelIn) * kernel + tap]!;
      }
    }
  }
  return matrix;
}

/** Gates of PyTorch (input, forget, cell, output) as ONNX wants them (input, output, forget, cell). */
function inOnnxOrder(gates: Float32Array, columns: number): Float32Array {
  const size = MEMORY * columns;
  const ordered = new Float32Array(gates.length);
  for (const [to, from] of [0, 3, 1, 2].entries())
    ordered.set(gates.subarray(from * size, (from + 1) * size), to * size);
  return ordered;
}

/** Collects nodes and constants, and names them. */
class GraphBuilder {
  readonly nodes: OperationNode[] = [];
  readonly constants: GraphConstant[] = [];

  floats(dims: readonly number[], data: Float32Array): string {
    return this.#constant(dims, data);
  }

  integers(...values: readonly number[]): string {
    return this.#constant([values.length], BigInt64Array.from(values, BigInt));
  }

  /** Adds an operation and gives the name of its output. */
  node(
    operation: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, number | string>> = {},
    output = `${operation}-${this.nodes.length}`,
  ): string {
    this.nodes.push({ operation, inputs, outputs: [output], attributes });
    return output;
  }

  nodeOf3(
    operation: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, number | string>>,
  ): [string, string, string] {
    const name = `${operation}-${this.nodes.length}`;
    const outputs: [string, string, string] = [`${name}-0`, `${name}-1`, `${name}-2`];
    this.nodes.push({ operation, inputs, outputs, attributes });
    return outputs;
  }

  #constant(dims: readonly number[], data: Float32Array | BigInt64Array): string {
    const name = `constant-${this.constants.length}`;
    this.constants.push({ name, dims, data });
    return name;
  }
}
