/**
 * Whisper's encoder for fewer than 30 s: exports add positions of 30 s to what they are fed, and refuse anything else.
 *
 * A third of the window costs a quarter of the time, and is enough to tell a language by.
 */
import { editGraph, reshapeGraph } from '../../../inference/graph/graph-editor.ts';
import { type GraphNode, readOnnxGraph } from '../../../inference/graph/onnx-graph.ts';
import type { OperationNode } from '../../../inference/graph/onnx-writer.ts';
import type { WhisperConfig } from '../whisper-config.ts';

/** Names the form of the graph. */
export const ANY_LENGTH_ENCODER = 'whisper-encoder-any-length-1';

/**
 * The same encoder for `[batch, mels, frames]` of any even number of frames: the first positions are added, as many as
 * there are.
 *
 * @returns undefined where no positions are found
 * @throws InvalidInputError `invalid_file` for bytes that are no ONNX model
 */
export function anyLengthEncoder(
  model: Uint8Array,
  { audioPositions, width, melCount }: Pick<WhisperConfig, 'audioPositions' | 'width' | 'melCount'>,
): Uint8Array | undefined {
  const graph = readOnnxGraph(model);
  const isPositions = (name: string): boolean => {
    const dims = graph.weights.get(name)?.dims;
    return dims?.at(-2) === audioPositions && dims.at(-1) === width && dims.length === 2;
  };
  const addition = graph.nodes.find(({ opType, inputs }) => opType === 'Add' && inputs.some(isPositions));
  if (addition === undefined) return undefined;
  const edited = editGraph(model, graph, {
    replaced: new Map([[addition, firstPositions(addition, isPositions)]]),
    constants: [{ name: 'any-length/zero', dims: [1], data: BigInt64Array.of(0n) }],
  });
  return reshapeGraph(edited, [
    { name: 'input_features', dims: ['batch', melCount, 'frames'] },
    { name: 'last_hidden_state', dims: ['batch', 'positions', width] },
  ]);
}

function firstPositions(
  { inputs, outputs }: GraphNode,
  isPositions: (name: string) => boolean,
): OperationNode[] {
  const [positions, sound] = [inputs.find(isPositions)!, inputs.find((name) => !isPositions(name))!];
  return [
    {
      operation: 'Shape',
      inputs: [sound],
      outputs: ['any-length/count'],
      attributes: { start: 1, end: 2 },
    },
    {
      operation: 'Slice',
      inputs: [positions, 'any-length/zero', 'any-length/count', 'any-length/zero'],
      outputs: ['any-length/positions'],
    },
    { operation: 'Add', inputs: [sound, 'any-length/positions'], outputs },
  ];
}
