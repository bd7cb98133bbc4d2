/**
 * Silero VAD as a graph over many chunks at once.
 *
 * The published graph takes one chunk a run, 130 µs. Batches alone gain nothing: the runtime convolves chunk by chunk, over
 * four frames each (123 µs a chunk in silero-vad's own `silero_vad_16k_sequence.onnx`). But only the memory needs one chunk
 * after the other. So all else is written here as products of matrices with a row per chunk; a convolution over so few
 * frames is one matrix, with zeros for the frames that it does not see: 14 µs.
 *
 * @see silero-vad 6.2.3 `sequence_vad.py`: the same idea with the published convolutions
 */
import { GraphBuilder } from '../inference/graph/graph-builder.ts';
import { convolutionMatrix, framesAfter } from './convolution-matrix.ts';
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
const GATES = 4 * MEMORY;

/** The bytes of the graph. */
export function buildSileroSequenceGraph(weights: SileroWeights): Uint8Array {
  const graph = new GraphBuilder();
  const magnitudes = addSpectrum(graph, weights.basis);
  const heard = addEncoder(graph, weights.encoder, magnitudes);
  const remembered = addMemory(graph, weights.recurrent, heard);
  addOutput(graph, weights.output, remembered);
  const state = [2, 1, MEMORY];
  return graph.write(
    'silero-vad-sequence',
    [
      { name: 'chunks', dims: ['chunkCount', CHUNK_SAMPLES] },
      { name: 'state', dims: state },
    ],
    [
      { name: 'probabilities', dims: ['chunkCount'] },
      { name: 'stateN', dims: state },
    ],
  );
}

/** `chunks` → [chunks × frames, frequencies], the magnitude of each. */
function addSpectrum(graph: GraphBuilder, basis: Float32Array): string {
  const mirror = graph.integers(0, 0, 0, MIRRORED_SAMPLES);
  const mirrored = graph.add('Pad', ['chunks', mirror], { mode: 'reflect' });
  const hops = graph.add('Reshape', [mirrored, graph.integers(-1, HOPS, HOP_SAMPLES)]);
  // A window is two hops long: each hop but the last, beside the one after it.
  const axis = graph.integers(1);
  const first = graph.add('Slice', [hops, graph.integers(0), graph.integers(FRAMES), axis]);
  const second = graph.add('Slice', [hops, graph.integers(1), graph.integers(HOPS), axis]);
  const pairs = graph.add('Concat', [first, second], { axis: 2 });
  const windows = graph.add('Reshape', [pairs, graph.integers(-1, WINDOW_SAMPLES)]);
  const squares = [0, 1].map((part) => {
    const size = FREQUENCIES * WINDOW_SAMPLES;
    const waves = basis.subarray(part * size, (part + 1) * size);
    const rows = graph.floats([FREQUENCIES, WINDOW_SAMPLES], waves);
    const values = graph.add('Gemm', [windows, rows], { transB: 1 });
    return graph.add('Mul', [values, values]);
  });
  return graph.add('Sqrt', [graph.add('Add', squares)]);
}

/** [chunks × frames, frequencies] → [chunks, memory] */
function addEncoder(graph: GraphBuilder, layers: readonly LayerWeights[], magnitudes: string): string {
  let frames = FRAMES;
  let values = graph.add('Reshape', [magnitudes, graph.integers(-1, FRAMES * FREQUENCIES)]);
  for (const [index, { weight, bias }] of layers.entries()) {
    const shape = ENCODER_SHAPE[index]!;
    const framesOut = framesAfter(shape, frames);
    const columns = framesOut * shape.channelsOut;
    const matrix = graph.floats(
      [frames * shape.channelsIn, columns],
      convolutionMatrix(weight, shape, frames),
    );
    const biases = new Float32Array(columns);
    for (let frame = 0; frame < framesOut; frame++) biases.set(bias, frame * shape.channelsOut);
    values = graph.add('Relu', [graph.add('Gemm', [values, matrix, graph.floats([columns], biases)])]);
    frames = framesOut;
  }
  return values;
}

/** [chunks, memory] and `state` → [chunks, memory] and `stateN` */
function addMemory(
  graph: GraphBuilder,
  { input, hidden }: SileroWeights['recurrent'],
  heard: string,
): string {
  const sequence = graph.add('Reshape', [heard, graph.integers(-1, 1, MEMORY)]);
  const axis = graph.integers(0);
  const before = [0, 1].map((part) =>
    graph.add('Slice', ['state', graph.integers(part), graph.integers(part + 1), axis]),
  );
  const biases = new Float32Array(2 * GATES);
  biases.set(inOnnxOrder(input.bias));
  biases.set(inOnnxOrder(hidden.bias), GATES);
  graph.addNamed(
    'LSTM',
    [
      sequence,
      graph.floats([1, GATES, MEMORY], inOnnxOrder(input.weight)),
      graph.floats([1, GATES, MEMORY], inOnnxOrder(hidden.weight)),
      graph.floats([1, 2 * GATES], biases),
      '',
      ...before,
    ],
    { hidden_size: MEMORY },
    ['remembered', 'lastHidden', 'lastCell'],
  );
  graph.add('Concat', ['lastHidden', 'lastCell'], { axis: 0 }, 'stateN');
  return graph.add('Reshape', ['remembered', graph.integers(-1, MEMORY)]);
}

/** [chunks, memory] → `probabilities` */
function addOutput(graph: GraphBuilder, { weight, bias }: LayerWeights, remembered: string): void {
  const active = graph.add('Relu', [remembered]);
  const row = graph.floats([1, MEMORY], weight);
  const logits = graph.add('Gemm', [active, row, graph.floats([1], bias)], { transB: 1 });
  const probabilities = graph.add('Sigmoid', [logits]);
  graph.add('Reshape', [probabilities, graph.integers(-1)], {}, 'probabilities');
}

/** Gates of PyTorch (input, forget, cell, output) as ONNX wants them (input, output, forget, cell). */
function inOnnxOrder(gates: Float32Array): Float32Array {
  const size = gates.length / 4;
  const ordered = new Float32Array(gates.length);
  for (const [to, from] of [0, 3, 1, 2].entries())
    ordered.set(gates.subarray(from * size, (from + 1) * size), to * size);
  return ordered;
}
