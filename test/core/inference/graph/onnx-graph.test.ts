import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpeechError } from '../../../../core/errors.ts';
import { flattenGraph, readOnnxGraph } from '../../../../core/inference/graph/onnx-graph.ts';
import {
  bytesField,
  joinPieces,
  type Pieces,
  textField,
} from '../../../../core/inference/graph/onnx-wire.ts';
import { SILERO_MODEL } from '../../../support/silero-session.ts';

const silero = readFileSync(SILERO_MODEL.path);

/** Codes of errors that reading gives; `other` for anything untyped. */
function outcomeOf(bytes: Uint8Array): string {
  try {
    for (const { read } of flattenGraph(readOnnxGraph(bytes)).weights.values()) read();
    return 'read';
  } catch (error) {
    return isSpeechError(error) ? error.code : 'other';
  }
}

describe('readOnnxGraph', () => {
  it('reads constants and branches, and integers of nodes', () => {
    const graph = readOnnxGraph(silero);
    expect(graph.nodes.map(({ opType }) => opType)).toEqual([
      'Constant',
      'Equal',
      'If',
      'Identity',
      'Identity',
    ]);
    const [otherwise, then] = graph.nodes[2]!.branches;
    const basisOf = (branch: typeof then) =>
      [...branch!.weights].find(([name]) => name.endsWith('stft.forward_basis_buffer'))![1];
    expect(basisOf(then).dims).toEqual([258, 1, 256]);
    expect(basisOf(otherwise).dims).toEqual([130, 1, 128]);
    const basis = basisOf(then).read();
    // The window of the first cosine, which has no frequency, is a Hann window: zero, then rising to one in its middle.
    expect(basis[0]).toBe(0);
    expect(basis[128]).toBeCloseTo(1, 6);
    const convolution = then!.nodes.find(({ opType }) => opType === 'Conv')!;
    expect(convolution.integers.get('strides')).toEqual([128]);
    expect(convolution.integers.get('kernel_shape')).toEqual([256]);
  });

  it('never fails untyped on a damaged file', () => {
    fc.assert(
      fc.property(fc.nat(silero.length), fc.nat(255), fc.boolean(), (position, value, isCut) => {
        const damaged = Uint8Array.from(isCut ? silero.subarray(0, position) : silero);
        damaged[position] = value;
        expect(['read', 'invalid_file']).toContain(outcomeOf(damaged));
      }),
      { numRuns: 100 },
    );
  });

  it('refuses graphs that lie too deep in one another', () => {
    let graph: Pieces = [];
    for (let depth = 0; depth < 150; depth++) graph = bytesField(1, bytesField(5, bytesField(6, graph)));
    expect(outcomeOf(joinPieces(bytesField(7, graph)))).toBe('invalid_file');
  });

  it('refuses a weight that ends in the middle of a number', () => {
    const tensor = [
      Uint8Array.of(2 * 8, 1),
      ...textField(8, 'weight'),
      ...bytesField(9, [new Uint8Array(5)]),
    ];
    expect(outcomeOf(joinPieces(bytesField(7, bytesField(5, tensor))))).toBe('invalid_file');
  });
});

describe('flattenGraph', () => {
  it('has the nodes and weights of all branches', () => {
    const { nodes, weights, outputs } = flattenGraph(readOnnxGraph(silero));
    expect(outputs).toEqual(['output', 'stateN']);
    expect(nodes.filter(({ opType }) => opType === 'LSTM')).toHaveLength(4);
    expect([...weights.keys()].filter((name) => name.endsWith('forward_basis_buffer'))).toHaveLength(2);
  });
});
