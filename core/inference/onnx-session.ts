/** Sessions of ONNX Runtime in this thread. */
import type * as OnnxRuntime from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { assert, InvariantError, ModelError } from '../errors.ts';
import type { ExecutionProvider, ProviderChoice, SessionWarning } from './execution-provider.ts';
import { requireNames, runFailed } from './inference-errors.ts';
import { type LoadedGraph, loadGraph } from './load-graph.ts';
import { loadRuntime, chooseProvider, type Runtime, runtimeOptions } from './onnx-runtime.ts';
import type { MadeGraph, ModelFile, Session, Tensor, TensorData } from './session.ts';

/** How a session of this thread is run. */
export type OnnxSessionOptions = {
  /** @default 'auto' */
  readonly provider: ProviderChoice;
  /** Threads inside one run. @default 1 */
  readonly intraOpThreads: number;
  /** To run in place of the file's graph. @default the file's own */
  readonly graph?: MadeGraph | undefined;
  /**
   * File in which the graph is kept as the runtime made it ready, see `saved-graphs.ts`; written where it is missing.
   *
   * @default none is kept
   */
  readonly savedGraph?: string | undefined;
};

export const DEFAULT_ONNX_SESSION_OPTIONS: OnnxSessionOptions = Object.freeze({
  provider: 'auto',
  // Lanes side by side use the cores better than threads inside a run: 10.0 against 11 ms per 10 s window on 2 cores.
  intraOpThreads: 1,
});

/**
 * Loads a model in this thread. Runs block the thread; the command and the workers use `lane-pool.ts` instead.
 *
 * @throws ModelError `model_missing`, `model_shape_mismatch` (damaged file, other tensors than the manifest says)
 * @throws DependencyError `provider_unavailable`
 */
export async function openOnnxSession(
  model: ModelFile,
  options: Partial<OnnxSessionOptions> = {},
): Promise<Session> {
  const {
    provider: choice,
    intraOpThreads,
    graph: offered,
    savedGraph: saved,
  } = { ...DEFAULT_ONNX_SESSION_OPTIONS, ...options };
  const { provider, warnings } = await chooseProvider(choice);
  const runtime = await loadRuntime();
  const { graph, form, held } = await loadGraph(
    runtime,
    model,
    {
      ...runtimeOptions(provider, intraOpThreads),
      ...(model.arena === false ? { enableCpuMemArena: false } : {}),
    },
    { provider, offered, saved },
  );
  try {
    requireNames(model, 'input', model.inputs, graph.inputNames);
    requireNames(model, 'output', model.outputs, graph.outputNames);
    requireTypes(model, graph);
  } catch (error) {
    await graph.release();
    throw error;
  }
  return new OnnxSession(runtime, { graph, form, held }, model, provider, warnings);
}

/** ONNX element types and the arrays that hold them here. */
const ARRAY_OF_TYPE = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

function isKnownType(type: string): type is keyof typeof ARRAY_OF_TYPE {
  return Object.hasOwn(ARRAY_OF_TYPE, type);
}

/** Half precision and the like are told when a model is opened, not after the audio was read. */
function requireTypes(model: ModelFile, graph: InferenceSession): void {
  for (const input of graph.inputMetadata) {
    if (!input.isTensor || isKnownType(input.type)) continue;
    throw new ModelError(
      'model_shape_mismatch',
      `Model ${model.id} takes ${input.name} as ${input.type}; expected ${Object.keys(ARRAY_OF_TYPE).join(', ')}. Take the export whose inputs are float32; its weights may be of any type.`,
      { details: { model: model.id, input: input.name } },
    );
  }
}

class OnnxSession implements Session {
  readonly concurrency = 1;
  readonly model: ModelFile;
  readonly provider: ExecutionProvider;
  readonly warnings: readonly SessionWarning[];
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly form: string | undefined;
  readonly #runtime: Runtime;
  readonly #inputTypes: ReadonlyMap<string, string>;
  /** The runtime refuses shared memory: such feeds are copied into these, which grow to the largest and stay. */
  readonly #scratch = new Map<string, ArrayBuffer>();
  #graph: InferenceSession | undefined;
  #held: Uint8Array | undefined;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(
    runtime: Runtime,
    { graph, form, held }: LoadedGraph,
    model: ModelFile,
    provider: ExecutionProvider,
    warnings: readonly SessionWarning[],
  ) {
    this.form = form;
    this.#runtime = runtime;
    this.#graph = graph;
    this.#held = held;
    this.model = model;
    this.provider = provider;
    this.warnings = warnings;
    this.inputNames = graph.inputNames;
    this.outputNames = graph.outputNames;
    this.#inputTypes = new Map(
      graph.inputMetadata.map((input) => [input.name, input.isTensor ? input.type : 'no tensor']),
    );
  }

  run(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[] = this.outputNames,
  ): Promise<Record<string, Tensor>> {
    return this.#inTurn(() => this.#runNow(feeds, fetches));
  }

  release(): Promise<void> {
    return this.#inTurn(async () => {
      const graph = this.#graph;
      this.#graph = undefined;
      this.#scratch.clear();
      await graph?.release();
      this.#held = undefined;
    });
  }

  /** One after another: runs share the scratch buffers. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastTurn.then(work);
    this.#lastTurn = result.catch(() => undefined);
    return result;
  }

  async #runNow(
    feeds: Readonly<Record<string, Tensor>>,
    fetches: readonly string[],
  ): Promise<Record<string, Tensor>> {
    const graph = this.#graph;
    if (graph === undefined) {
      throw new InvariantError(`The session of ${this.model.id} was run after its release.`);
    }
    requireNames(this.model, 'input', this.inputNames, Object.keys(feeds));
    requireNames(this.model, 'output', fetches, this.outputNames);
    const inputs: Record<string, OnnxRuntime.Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) inputs[name] = this.#input(name, tensor);
    try {
      return this.#outputs(await graph.run(inputs, fetches, { logSeverityLevel: 4 }));
    } catch (error) {
      throw runFailed(this.model, error);
    }
  }

  #input(name: string, tensor: Tensor): OnnxRuntime.Tensor {
    const type = this.#inputTypes.get(name);
    if (type === undefined || !isKnownType(type) || !(tensor.data instanceof ARRAY_OF_TYPE[type])) {
      const known = [...this.#inputTypes].map(([key, value]) => `${key}: ${value}`).join(', ');
      throw new ModelError(
        'model_shape_mismatch',
        `Model ${this.model.id} takes ${known}; it was given ${name} as ${tensor.data.constructor.name}.`,
        { details: { model: this.model.id, input: name } },
      );
    }
    assert(
      tensor.dims.reduce((product, size) => product * size, 1) === tensor.data.length,
      `Input ${name} of ${this.model.id} has ${tensor.data.length} values for dimensions ${tensor.dims.join(' × ')}.`,
    );
    return new this.#runtime.Tensor(type, this.#unshared(name, tensor.data), tensor.dims);
  }

  #unshared(name: string, data: TensorData): TensorData {
    if (!(data.buffer instanceof SharedArrayBuffer)) return data;
    let buffer = this.#scratch.get(name);
    if (buffer === undefined || buffer.byteLength < data.byteLength) {
      buffer = new ArrayBuffer(data.byteLength);
      this.#scratch.set(name, buffer);
    }
    const bytes = new Uint8Array(buffer, 0, data.byteLength);
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    const ArrayType = data.constructor as new (
      buffer: ArrayBuffer,
      offset: number,
      length: number,
    ) => TensorData;
    return new ArrayType(buffer, 0, data.length);
  }

  #outputs(results: InferenceSession.ReturnType): Record<string, Tensor> {
    const outputs: Record<string, Tensor> = {};
    for (const [name, { type, data, dims }] of Object.entries(results)) {
      if (!isKnownType(type)) {
        throw new ModelError(
          'model_shape_mismatch',
          `Output ${name} of model ${this.model.id} is of type ${type}; expected float32, int64, int32, uint8 or bool.`,
          { details: { model: this.model.id, output: name } },
        );
      }
      outputs[name] = { data: data as TensorData, dims };
    }
    return outputs;
  }
}
