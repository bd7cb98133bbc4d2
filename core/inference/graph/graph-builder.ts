import {
  type GraphConstant,
  type GraphValue,
  type OperationAttributes,
  type OperationNode,
  writeOnnxModel,
} from './onnx-writer.ts';

/** Puts a graph together, operation by operation, each in reach of the names of all before; names what needs no name. */
export class GraphBuilder {
  readonly #nodes: OperationNode[] = [];
  readonly #constants: GraphConstant[] = [];
  readonly #shared = new Map<string, string>();

  /** A constant tensor; gives its name. */
  floats(dims: readonly number[], data: Float32Array): string {
    return this.#constant(dims, data);
  }

  /** A constant tensor of bytes; gives its name. */
  bytes(dims: readonly number[], data: Uint8Array | Int8Array): string {
    return this.#constant(dims, data);
  }

  /** A constant tensor that several operations read: written once, whoever asks for it by this key. */
  shared(key: string, dims: readonly number[], data: Float32Array): string {
    const name = this.#shared.get(key) ?? this.#constant(dims, data);
    this.#shared.set(key, name);
    return name;
  }

  /** A constant list of integers, as operations take them for shapes and axes; gives its name. */
  integers(...values: readonly number[]): string {
    return this.#constant([values.length], BigInt64Array.from(values, BigInt));
  }

  /**
   * An operation of one output; gives its name.
   *
   * @param output its name, where it is to be an output of the graph
   * @param domain whose operation it is, where it is none of ONNX
   */
  add(
    operation: string,
    inputs: readonly string[],
    attributes?: OperationAttributes,
    output = `${operation}-${this.#nodes.length}`,
    domain?: string,
  ): string {
    this.#nodes.push({ operation, inputs, outputs: [output], attributes, domain });
    return output;
  }

  /** An operation of several outputs, given by name. */
  addNamed(
    operation: string,
    inputs: readonly string[],
    attributes: OperationAttributes,
    outputs: readonly string[],
  ): void {
    this.#nodes.push({ operation, inputs, outputs, attributes });
  }

  /** The bytes of an ONNX file. */
  write(name: string, inputs: readonly GraphValue[], outputs: readonly GraphValue[]): Uint8Array {
    return writeOnnxModel({ name, inputs, outputs, constants: this.#constants, nodes: this.#nodes });
  }

  #constant(dims: readonly number[], data: GraphConstant['data']): string {
    const name = `constant-${this.#constants.length}`;
    this.#constants.push({ name, dims, data });
    return name;
  }
}
