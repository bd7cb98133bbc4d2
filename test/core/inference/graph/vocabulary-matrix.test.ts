import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { flattenGraph, readOnnxGraph } from '../../../../core/inference/graph/onnx-graph.ts';
import { type GraphConstant, writeOnnxModel } from '../../../../core/inference/graph/onnx-writer.ts';
import { vocabularyInBytes } from '../../../../core/inference/graph/vocabulary-matrix.ts';
import { openOnnxSession } from '../../../../core/inference/onnx-session.ts';
import { createRandom } from '../../../../core/math/random.ts';
import { GE2E_MODEL } from '../../../support/embedded-models.ts';
import { MOONSHINE_FILES } from '../../../support/moonshine.ts';

const TOKENS = 50;
const WIDTH = 64;

const randomByte = createRandom(5);
const BYTES = Uint8Array.from({ length: TOKENS * WIDTH }, () => Math.floor(randomByte() * 256));

type Variant = { isSigned?: boolean; hasRows?: boolean; width?: number; zeroPoint?: number; also?: string };

/** scores = hidden · dequantised vocabularyᵀ, as quantisers write it. */
function scoringModel({
  isSigned = false,
  hasRows = true,
  width = WIDTH,
  zeroPoint = 7,
  also,
}: Variant = {}) {
  const bytes = BYTES.slice(0, TOKENS * width);
  const ofType = (data: Uint8Array) => (isSigned ? new Int8Array(data.buffer) : data);
  const constants: GraphConstant[] = [
    { name: 'vocabulary', dims: hasRows ? [TOKENS, width] : [width, TOKENS], data: ofType(bytes) },
    { name: 'scale', dims: [], data: Float32Array.of(0.03) },
    { name: 'zero', dims: [], data: ofType(Uint8Array.of(zeroPoint)) },
  ];
  const scores = also === undefined ? 'scores' : 'inner';
  return writeOnnxModel({
    name: 'scoring',
    inputs: [{ name: 'hidden', dims: ['batch', 'steps', width] }],
    outputs: [{ name: 'scores', dims: ['batch', 'steps', TOKENS] }],
    constants,
    nodes: [
      ...(hasRows
        ? [
            {
              operation: 'Transpose',
              inputs: ['vocabulary'],
              outputs: ['columns'],
              attributes: { perm: [1, 0] },
            },
          ]
        : []),
      {
        operation: 'DequantizeLinear',
        inputs: [hasRows ? 'columns' : 'vocabulary', 'scale', 'zero'],
        outputs: ['matrix'],
      },
      { operation: 'MatMul', inputs: ['hidden', 'matrix'], outputs: [scores] },
      ...(also === undefined ? [] : [{ operation: also, inputs: ['inner'], outputs: ['scores'] }]),
    ],
  });
}

async function scoresOf(bytes: Uint8Array, hidden: Float32Array, dims: readonly number[]) {
  const model = { ...GE2E_MODEL, inputs: ['hidden'], outputs: ['scores'] };
  const session = await openOnnxSession(model, {
    provider: 'cpu',
    graph: { form: 'test', make: () => Promise.resolve(bytes) },
  });
  const { scores } = await session.run({ hidden: { data: hidden, dims } });
  await session.release();
  expect(scores!.dims).toEqual([...dims.slice(0, -1), TOKENS]);
  return scores!.data as Float32Array;
}

/** The same in this thread: hidden · (bytes - zero point) * scale. */
function exactScores({ isSigned = false, hasRows = true, zeroPoint = 7 }: Variant, hidden: Float32Array) {
  const number = (byte: number) => (isSigned && byte > 127 ? byte - 256 : byte);
  return Float32Array.from({ length: (hidden.length / WIDTH) * TOKENS }, (_, index) => {
    const [row, token] = [Math.floor(index / TOKENS), index % TOKENS];
    let score = 0;
    for (let at = 0; at < WIDTH; at++) {
      const byte = BYTES[hasRows ? token * WIDTH + at : at * TOKENS + token]!;
      score +=
        hidden[row * WIDTH + at]! * Math.fround((number(byte) - number(zeroPoint)) * Math.fround(0.03));
    }
    return score;
  });
}

function largest(values: Float32Array, count: number): number[] {
  return [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, count);
}

describe('vocabularyInBytes', () => {
  const random = createRandom(3);
  const hidden = Float32Array.from({ length: 2 * 3 * WIDTH }, () => random() * 2 - 1);

  it.each<[string, Variant]>([
    ['rows of uint8', {}],
    ['columns of uint8', { hasRows: false }],
    ['rows of int8', { isSigned: true }],
    ['columns of int8 around a negative zero point', { isSigned: true, hasRows: false, zeroPoint: 250 }],
  ])('keeps the best scores and comes near the others: %s', async (_what, variant) => {
    const before = scoringModel(variant);
    const after = vocabularyInBytes(before);
    const types = readOnnxGraph(after).nodes.map(({ opType }) => opType);
    expect(types).toContain('MatMulNBits');
    expect(types).not.toContain('DequantizeLinear');
    const dims = [2, 3, WIDTH];
    const exact = exactScores(variant, hidden);
    const near = await scoresOf(after, hidden, dims);
    for (let step = 0; step < 6; step++) {
      const wanted = exact.subarray(step * TOKENS, (step + 1) * TOKENS);
      const given = near.subarray(step * TOKENS, (step + 1) * TOKENS);
      // The last of the eight may change places with the ninth; the first four cannot.
      expect(largest(given, 4)).toEqual(largest(wanted, 4));
      for (const token of largest(wanted, 4)) expect(given[token]).toBeCloseTo(wanted[token]!, 4);
      given.forEach((score, token) => expect(Math.abs(score - wanted[token]!)).toBeLessThan(0.5));
    }
  });

  it('leaves a model alone in which nothing is to be gained', () => {
    for (const model of [
      // Not the output of the graph: something else than scores of a vocabulary.
      scoringModel({ also: 'Neg' }),
      // Rows that do not come in whole blocks.
      scoringModel({ width: 40 }),
      readFileSync(GE2E_MODEL.path),
    ]) {
      expect(vocabularyInBytes(model)).toBe(model);
    }
  });

  it('leaves one DequantizeLinear, the embedding, in each branch of the decoder that ships', () => {
    const file = readFileSync(MOONSHINE_FILES.decoder.path);
    const made = readOnnxGraph(vocabularyInBytes(file));
    const branches = made.nodes.flatMap((node) => node.branches.map(flattenGraph));
    expect(branches).toHaveLength(2);
    for (const { nodes } of branches) {
      const count = (type: string) => nodes.filter(({ opType }) => opType === type).length;
      expect([count('DequantizeLinear'), count('MatMulNBits'), count('TopK')]).toEqual([1, 1, 1]);
    }
    // All else stands as it stood.
    const before = flattenGraph(readOnnxGraph(file)).nodes.map(({ outputs }) => outputs[0]);
    const after = new Set(flattenGraph(made).nodes.map(({ outputs }) => outputs[0]));
    const gone = before.filter((output) => !after.has(output));
    expect(new Set(gone)).toEqual(
      new Set([
        'model.decoder.embed_tokens.weight_transposed_quantized',
        'model.decoder.embed_tokens.weight_transposed',
      ]),
    );
  });

  it('refuses what is no model', () => {
    expect(() => vocabularyInBytes(Uint8Array.of(1, 2, 3))).toThrow(
      expect.objectContaining({ code: 'invalid_file' }),
    );
  });
});
