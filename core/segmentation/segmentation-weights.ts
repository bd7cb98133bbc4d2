/** Finds the network of pyannote/segmentation-3.0 in a published file. */
import { flattenGraph, type GraphNode, type OnnxGraph } from '../inference/graph/onnx-graph.ts';

/** A layer's numbers, row-major. */
export type Layer = { readonly weight: Float32Array; readonly bias: Float32Array };

/** A bidirectional layer of memory, as ONNX lays it out: gates in the order input, output, forget, cell. */
export type MemoryLayer = {
  readonly inputSize: number;
  /** [2, 512, inputSize] */
  readonly input: Float32Array;
  /** [2, 512, 128] */
  readonly recurrent: Float32Array;
  /** [2, 1024]: those of the input, then those of the state. */
  readonly bias: Float32Array;
};

/** What PyanNet has learnt. */
export type SegmentationWeights = {
  /** Scale and shift of the standardised wave: one number each. */
  readonly wave: Layer;
  /** [80, 251], without a bias. */
  readonly filters: Float32Array;
  /** Scales and shifts of the three standardisations behind the convolutions. */
  readonly norms: readonly Layer[];
  /** [60, 80, 5] and [60, 60, 5]. */
  readonly convolutions: readonly Layer[];
  readonly memory: readonly MemoryLayer[];
  /** [256, 128], [128, 128], [128, 7]: a row for each input. */
  readonly linear: readonly Layer[];
};

export const FILTER_COUNT = 80;
export const FILTER_TAPS = 251;
export const FILTER_STRIDE = 10;
export const CHANNELS = 60;
export const TAPS = 5;
export const STATE_SIZE = 128;
export const CLASS_COUNT = 7;
/** In every standardisation, and below zero in every activation. */
export const EPSILON = 1e-5;
export const SLOPE = 0.01;

const GATE_COUNT = 4 * STATE_SIZE;
const FILTER_DIMS = [FILTER_COUNT, 1, FILTER_TAPS];
const NORM_SIZES = [1, FILTER_COUNT, CHANNELS, CHANNELS];
const CONVOLUTION_DIMS = [
  [CHANNELS, FILTER_COUNT, TAPS],
  [CHANNELS, CHANNELS, TAPS],
] as const;
const INPUT_SIZES = [CHANNELS, 2 * STATE_SIZE, 2 * STATE_SIZE, 2 * STATE_SIZE];
const LINEAR_DIMS = [
  [2 * STATE_SIZE, STATE_SIZE],
  [STATE_SIZE, STATE_SIZE],
  [STATE_SIZE, CLASS_COUNT],
] as const;
/** The layers behind the filters, in this order between the glue of an export. */
const LAYERS = [
  ['Abs', 'MaxPool', 'InstanceNormalization', 'LeakyRelu'],
  ['Conv', 'MaxPool', 'InstanceNormalization', 'LeakyRelu'],
  ['Conv', 'MaxPool', 'InstanceNormalization', 'LeakyRelu'],
  ['LSTM', 'LSTM', 'LSTM', 'LSTM'],
  ['MatMul', 'Add', 'LeakyRelu', 'MatMul', 'Add', 'LeakyRelu', 'MatMul', 'Add', 'LogSoftmax'],
].flat();

/**
 * The weights, or nothing when the graph is not known to be this network: then it must be run as it is.
 *
 * Exports differ in their glue and in names; the layers, their order, shapes and settings are the same in all.
 */
export function findSegmentationWeights(graph: OnnxGraph): SegmentationWeights | undefined {
  const { nodes, weights } = flattenGraph(graph);
  const isFilters = ({ opType, inputs }: GraphNode): boolean =>
    opType === 'Conv' && weights.get(inputs[1]!)?.dims.join() === FILTER_DIMS.join();
  // An export may hold the filters twice, in the branches of an `If` on the shape of the wave.
  const filters = nodes.find(isFilters);
  const layers = graph.nodes.filter((node) => LAYER_TYPES.has(node.opType) && !isFilters(node));
  const [wave, ...behind] = layers;
  const isKnown =
    filters !== undefined &&
    wave?.opType === 'InstanceNormalization' &&
    behind.map(({ opType }) => opType).join() === LAYERS.join() &&
    [...layers, ...nodes.filter(isFilters)].every(hasKnownSettings);
  return isKnown ? readWeights(filters, layers, weights) : undefined;
}

function readWeights(
  filters: GraphNode,
  layers: readonly GraphNode[],
  weights: OnnxGraph['weights'],
): SegmentationWeights | undefined {
  const missing: string[] = [];
  const read = (name: string | undefined, dims: readonly number[]): Float32Array => {
    const weight = weights.get(name ?? '');
    const values = weight?.dims.join() === dims.join() ? weight.read() : new Float32Array();
    if (values.length !== dims.reduce((product, size) => product * size, 1)) missing.push(name ?? '');
    return values;
  };
  const ofType = (type: string): GraphNode[] => layers.filter(({ opType }) => opType === type);
  const [wave, ...norms] = ofType('InstanceNormalization').map(({ inputs }, index): Layer => {
    const dims = [NORM_SIZES[index]!];
    return { weight: read(inputs[1], dims), bias: read(inputs[2], dims) };
  });
  const convolutions = ofType('Conv').map(({ inputs }, index): Layer => {
    const dims = CONVOLUTION_DIMS[index]!;
    return { weight: read(inputs[1], dims), bias: read(inputs[2], [dims[0]]) };
  });
  const memory = ofType('LSTM').map(({ inputs }, index): MemoryLayer => {
    const inputSize = INPUT_SIZES[index]!;
    return {
      inputSize,
      input: read(inputs[1], [2, GATE_COUNT, inputSize]),
      recurrent: read(inputs[2], [2, GATE_COUNT, STATE_SIZE]),
      bias: read(inputs[3], [2, 2 * GATE_COUNT]),
    };
  });
  const additions = ofType('Add');
  const linear = ofType('MatMul').map(({ inputs }, index): Layer => {
    const dims = LINEAR_DIMS[index]!;
    const bias = additions[index]!.inputs.find((name) => weights.has(name));
    return { weight: read(inputs[1], dims), bias: read(bias, [dims[1]]) };
  });
  const found = {
    wave: wave!,
    filters: read(filters.inputs[1], FILTER_DIMS),
    norms,
    convolutions,
    memory,
    linear,
  };
  return missing.length === 0 ? found : undefined;
}

const LAYER_TYPES: ReadonlySet<string> = new Set(['InstanceNormalization', ...LAYERS]);

/** Whether a layer works as the graph that is made from its weights will. */
function hasKnownSettings({ opType, integers, floats, inputs }: GraphNode): boolean {
  const is = (name: string, ...expected: readonly number[]): boolean =>
    (integers.get(name) ?? expected).join() === expected.join();
  const near = (name: string, expected: number): boolean =>
    Math.abs((floats.get(name) ?? Number.NaN) / expected - 1) < 1e-6;
  if (opType === 'InstanceNormalization') return near('epsilon', EPSILON);
  if (opType === 'LeakyRelu') return near('alpha', SLOPE);
  if (opType === 'MaxPool') return is('kernel_shape', 3) && is('strides', 3) && is('pads', 0, 0);
  if (opType === 'LSTM') return is('hidden_size', STATE_SIZE) && is('layout', 0) && inputs.length <= 7;
  if (opType !== 'Conv') return true;
  const stride = inputs.length === 2 ? FILTER_STRIDE : 1;
  return is('strides', stride) && is('pads', 0, 0) && is('dilations', 1) && is('group', 1);
}
