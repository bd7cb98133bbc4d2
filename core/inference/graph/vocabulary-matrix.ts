/**
 * Scores of a vocabulary without its matrix in float.
 *
 * Exports with quantised weights that share the matrix of embeddings with the last layer dequantise it in every step of
 * a decoder: onnxruntime does not fold that. In Moonshine tiny it is 9.4 million values, two thirds of a step. Here the
 * runtime multiplies by the bytes as they are (`MatMulNBits`, activations in 8 bits by blocks of 32), and the best few
 * scores are computed again in float from the same bytes, so that the likeliest token is that of the graph as it was.
 */
import { type GraphEdit, editGraph } from './graph-editor.ts';
import { opsetVersion } from './model-fields.ts';
import { type GraphByteWeight, type GraphNode, type OnnxGraph, readOnnxGraph } from './onnx-graph.ts';
import { type GraphConstant, type OperationNode, RUNTIME_DOMAIN } from './onnx-writer.ts';

/** Before, axes were no inputs. */
const MIN_OPSET = 13;

/** Names the form of the graph. */
export const VOCABULARY_IN_BYTES = 'vocabulary-in-bytes-1';

const BLOCK = 32;
/** Activations in 8 bits: four times as fast as in float, which is slower than the graph as it was. */
const INT8_ACTIVATIONS = 4;
/** Scores that are computed in float; those of 8 bits are off by a few hundredths, far less than between the first and the ninth. */
const EXACT_SCORES = 8;

/**
 * The same model with the products by a dequantised vocabulary replaced; the model as it is where there is none.
 *
 * @throws InvalidInputError `invalid_file` for bytes that are no ONNX model
 */
export function vocabularyInBytes(model: Uint8Array): Uint8Array {
  const graph = readOnnxGraph(model);
  const found = [...scoreProducts(graph, [])];
  if (found.length === 0 || opsetVersion(model, '') < MIN_OPSET) return model;
  const replaced = new Map<GraphNode, readonly OperationNode[]>();
  const constants = new Map<string, readonly GraphConstant[]>();
  for (const [index, product] of found.entries()) {
    constants.set(product.vocabulary.name, constantsOf(product.vocabulary));
    product.dropped.forEach((node) => replaced.set(node, []));
    replaced.set(product.node, operationsOf(product, `scores-${index}`));
  }
  return editGraph(model, graph, { replaced, constants: [...constants.values()].flat() } satisfies GraphEdit);
}

/** [tokens, width] in bytes, with what makes numbers of them. */
type Vocabulary = {
  readonly name: string;
  readonly tokens: number;
  readonly width: number;
  readonly rows: Uint8Array;
  readonly zeroPoint: number;
  readonly scale: number;
};

/** hidden · vocabularyᵀ = scores, where scores are an output of their graph. */
type ScoreProduct = {
  readonly node: GraphNode;
  readonly vocabulary: Vocabulary;
  /** Operations that nothing else needs. */
  readonly dropped: readonly GraphNode[];
};

/** @param around the graphs that a graph lies in, whose constants it sees */
function* scoreProducts(graph: OnnxGraph, around: readonly OnnxGraph[]): Generator<ScoreProduct> {
  const scope = [graph, ...around];
  for (const node of graph.nodes) {
    for (const branch of node.branches) yield* scoreProducts(branch, scope);
    if (node.opType !== 'MatMul' || !graph.outputs.includes(node.outputs[0]!)) continue;
    const product = productOf(node, graph, scope);
    if (product !== undefined) yield product;
  }
}

function productOf(node: GraphNode, graph: OnnxGraph, scope: readonly OnnxGraph[]): ScoreProduct | undefined {
  const maker = (name: string): GraphNode | undefined =>
    graph.nodes.find(({ outputs }) => outputs[0] === name);
  const uses = (name: string): number => graph.nodes.filter(({ inputs }) => inputs.includes(name)).length;
  const dequantised = maker(node.inputs[1]!);
  if (dequantised?.opType !== 'DequantizeLinear' || uses(dequantised.outputs[0]!) > 1) return undefined;
  const transposed = maker(dequantised.inputs[0]!);
  if (transposed !== undefined && !isTransposition(transposed)) return undefined;
  const name = (transposed ?? dequantised).inputs[0]!;
  const vocabulary = vocabularyOf(name, dequantised, transposed !== undefined, scope);
  if (vocabulary === undefined) return undefined;
  const isSpare = transposed !== undefined && uses(transposed.outputs[0]!) === 1;
  return { node, vocabulary, dropped: isSpare ? [dequantised, transposed] : [dequantised] };
}

function isTransposition({ opType, integers }: GraphNode): boolean {
  return opType === 'Transpose' && (integers.get('perm') ?? [1, 0]).join() === '1,0';
}

/** @param hasRows whether the constant has a row, not a column, for each token */
function vocabularyOf(
  name: string,
  { inputs: [, scaleName = '', zeroPointName = ''] }: GraphNode,
  hasRows: boolean,
  scope: readonly OnnxGraph[],
): Vocabulary | undefined {
  const matrix = firstOf(scope, ({ byteWeights }) => byteWeights.get(name));
  const scale = firstOf(scope, ({ weights }) => weights.get(scaleName));
  const zeroPoint = firstOf(scope, ({ byteWeights }) => byteWeights.get(zeroPointName));
  // One scale for all: what quantisers of weights that are looked up by row make.
  if (matrix?.dims.length !== 2 || !isOne(scale?.dims) || (zeroPoint && !isOne(zeroPoint.dims)))
    return undefined;
  const [tokens, width] = hasRows ? [matrix.dims[0]!, matrix.dims[1]!] : [matrix.dims[1]!, matrix.dims[0]!];
  const isWhole = matrix.bytes.length === tokens * width;
  if (!isWhole || width % BLOCK !== 0 || tokens < EXACT_SCORES) return undefined;
  const bytes = hasRows ? matrix.bytes : transposed(matrix.bytes, width, tokens);
  return {
    name,
    tokens,
    width,
    rows: matrix.isSigned ? unsigned(bytes) : bytes,
    zeroPoint: zeroPointOf(zeroPoint) + (matrix.isSigned ? 128 : 0),
    scale: scale!.read()[0]!,
  };
}

function firstOf<T>(scope: readonly OnnxGraph[], look: (graph: OnnxGraph) => T | undefined): T | undefined {
  for (const graph of scope) {
    const found = look(graph);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOne(dims: readonly number[] | undefined): boolean {
  return dims?.every((size) => size === 1) === true;
}

/** 0 where there is none, and where it is written as an empty list of integers, which leaves zeros out. */
function zeroPointOf(weight: GraphByteWeight | undefined): number {
  const byte = weight?.bytes[0] ?? 0;
  return weight?.isSigned === true && byte > 127 ? byte - 256 : byte;
}

/** int8 as uint8 with a zero point 128 higher. */
function unsigned(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (byte) => byte ^ 0x80);
}

function transposed(bytes: Uint8Array, rows: number, columns: number): Uint8Array {
  const turned = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = bytes[row * columns + column]!;
  }
  return turned;
}

function constantsOf({ name, tokens, width, rows, zeroPoint, scale }: Vocabulary): GraphConstant[] {
  const blocks = width / BLOCK;
  const count = tokens * blocks;
  return [
    { name: `${name}/rows`, dims: [tokens, width], data: rows },
    { name: `${name}/blocks`, dims: [tokens, blocks, BLOCK], data: rows },
    { name: `${name}/block-scales`, dims: [tokens, blocks], data: new Float32Array(count).fill(scale) },
    { name: `${name}/block-zeros`, dims: [tokens, blocks], data: new Uint8Array(count).fill(zeroPoint) },
    { name: `${name}/scale`, dims: [1], data: Float32Array.of(scale) },
    { name: `${name}/zero`, dims: [1], data: Float32Array.of(zeroPoint) },
    { name: `${name}/best`, dims: [1], data: BigInt64Array.of(BigInt(EXACT_SCORES)) },
    { name: `${name}/last-axis`, dims: [1], data: BigInt64Array.of(-1n) },
  ];
}

/** What runs in place of the product. */
function operationsOf({ node, vocabulary }: ScoreProduct, prefix: string): OperationNode[] {
  const { name, tokens, width } = vocabulary;
  const [hidden] = node.inputs as [string];
  const at = (part: string): string => `${prefix}/${part}`;
  const of = (part: string): string => `${name}/${part}`;
  const operation = (type: string, inputs: readonly string[], output: string): OperationNode => ({
    operation: type,
    inputs,
    outputs: [output],
  });
  return [
    {
      ...operation('MatMulNBits', [hidden, of('blocks'), of('block-scales'), of('block-zeros')], at('near')),
      domain: RUNTIME_DOMAIN,
      attributes: { K: width, N: tokens, bits: 8, block_size: BLOCK, accuracy_level: INT8_ACTIVATIONS },
    },
    {
      operation: 'TopK',
      inputs: [at('near'), of('best')],
      outputs: [at('best-near'), at('best-tokens')],
      attributes: { sorted: 0 },
    },
    operation('Gather', [of('rows'), at('best-tokens')], at('bytes')),
    { ...operation('Cast', [at('bytes')], at('numbers')), attributes: { to: 1 } },
    operation('Sub', [at('numbers'), of('zero')], at('centred')),
    operation('Mul', [at('centred'), of('scale')], at('best-rows')),
    operation('Unsqueeze', [hidden, of('last-axis')], at('column')),
    operation('MatMul', [at('best-rows'), at('column')], at('products')),
    operation('Squeeze', [at('products'), of('last-axis')], at('best-scores')),
    {
      ...operation('ScatterElements', [at('near'), at('best-tokens'), at('best-scores')], node.outputs[0]!),
      attributes: { axis: -1 },
    },
  ];
}
