/** Finds the network for 16 kHz in a published file of Silero VAD, 5 and later. */
import { flattenGraph, type GraphNode, type OnnxGraph } from '../inference/graph/onnx-graph.ts';
import type { ConvolutionShape } from './convolution-matrix.ts';

/** A layer's numbers, row-major. */
export type LayerWeights = { readonly weight: Float32Array; readonly bias: Float32Array };

/** What Silero VAD has learnt, as PyTorch lays it out. */
export type SileroWeights = {
  /** [258, 256]: windowed cosines, then sines, of 129 frequencies. */
  readonly basis: Float32Array;
  /** Convolutions [channels out, channels in, 3], see `ENCODER_SHAPE`. */
  readonly encoder: readonly LayerWeights[];
  /** [512, 128] each: input, forget, cell and output gate. */
  readonly recurrent: { readonly input: LayerWeights; readonly hidden: LayerWeights };
  /** [1, 128] */
  readonly output: LayerWeights;
};

/** The convolutions between spectrum and memory. */
export const ENCODER_SHAPE = [
  { channelsOut: 128, channelsIn: 129, kernel: 3, stride: 1, padding: 1 },
  { channelsOut: 64, channelsIn: 128, kernel: 3, stride: 2, padding: 1 },
  { channelsOut: 64, channelsIn: 64, kernel: 3, stride: 2, padding: 1 },
  { channelsOut: 128, channelsIn: 64, kernel: 3, stride: 1, padding: 1 },
] as const satisfies readonly ConvolutionShape[];

const BASIS = 'stft.forward_basis_buffer';
const BASIS_SHAPE: ConvolutionShape = {
  channelsOut: 258,
  channelsIn: 1,
  kernel: 256,
  stride: 128,
  padding: 0,
};
const OUTPUT = 'decoder.decoder.2';
const OUTPUT_SHAPE: ConvolutionShape = { channelsOut: 1, channelsIn: 128, kernel: 1, stride: 1, padding: 0 };
const GATES = 512;
const MEMORY = 128;

/**
 * The weights, or nothing when the graph is not known to be this network: then it must be run as it is.
 *
 * Published graphs differ in their glue and in what they put before the names of weights, and some hold a network for
 * 8 kHz too, whose spectrum is smaller. The layers, their order and their strides are the same in all.
 */
export function findSileroWeights(graph: OnnxGraph): SileroWeights | undefined {
  const { nodes, weights } = flattenGraph(graph);

  function read(name: string, dims: readonly number[]): Float32Array | undefined {
    const weight = weights.get(name);
    if (weight?.dims.join() !== dims.join()) return undefined;
    const values = weight.read();
    return values.length === dims.reduce((product, size) => product * size, 1) ? values : undefined;
  }

  function convolution(name: string, shape: ConvolutionShape, fedBy: string): Float32Array | undefined {
    const node = nodes.find(({ opType, inputs }) => opType === 'Conv' && inputs[1] === name);
    const feeding = nodes.find(({ outputs }) => outputs[0] === node?.inputs[0]);
    if (node === undefined || feeding?.opType !== fedBy || !isConvolution(node, shape)) return undefined;
    return read(name, [shape.channelsOut, shape.channelsIn, shape.kernel]);
  }

  function layer(weight: Float32Array | undefined, bias: Float32Array | undefined): LayerWeights | undefined {
    return weight && bias && { weight, bias };
  }

  for (const [name, { dims }] of weights) {
    if (!name.endsWith(BASIS) || dims[0] !== BASIS_SHAPE.channelsOut) continue;
    const at = (suffix: string): string => name.slice(0, -BASIS.length) + suffix;
    const basis = convolution(name, BASIS_SHAPE, 'Unsqueeze');
    const encoder = ENCODER_SHAPE.map((shape, index) =>
      layer(
        convolution(at(`encoder.${index}.reparam_conv.weight`), shape, index === 0 ? 'Sqrt' : 'Relu'),
        read(at(`encoder.${index}.reparam_conv.bias`), [shape.channelsOut]),
      ),
    ).filter((found) => found !== undefined);
    const input = layer(
      read(at('decoder.rnn.weight_ih'), [GATES, MEMORY]),
      read(at('decoder.rnn.bias_ih'), [GATES]),
    );
    const hidden = layer(
      read(at('decoder.rnn.weight_hh'), [GATES, MEMORY]),
      read(at('decoder.rnn.bias_hh'), [GATES]),
    );
    const output = layer(
      convolution(at(`${OUTPUT}.weight`), OUTPUT_SHAPE, 'Relu'),
      read(at(`${OUTPUT}.bias`), [1]),
    );
    const isComplete = encoder.length === ENCODER_SHAPE.length;
    if (basis && isComplete && input && hidden && output)
      return { basis, encoder, recurrent: { input, hidden }, output };
  }
  return undefined;
}

function isConvolution({ integers }: GraphNode, { stride, padding }: ConvolutionShape): boolean {
  const is = (name: string, expected: readonly number[]): boolean =>
    (integers.get(name) ?? expected).join() === expected.join();
  return (
    is('strides', [stride]) && is('pads', [padding, padding]) && is('dilations', [1]) && is('group', [1])
  );
}
