/**
 * What the core knows of a neural network: named tensors in, named tensors out.
 *
 * `onnx-session.ts` implements it in this thread, `lane-pool.ts` over worker threads; everything above sees only this.
 */

export type TensorData = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** A dense row-major tensor. `dims` multiply to `data.length`. */
export type Tensor<T extends TensorData = TensorData> = { readonly data: T; readonly dims: readonly number[] };

export const EXECUTION_PROVIDERS = ['cpu', 'cuda'] as const;
export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[number];

/** Where a model's files lie and what its graph must look like. Comes from `models/store`, checksums verified. */
export type ModelFile = {
  /** Identity for results and messages, e.g. `pyannote-segmentation-3.0`. */
  readonly id: string;
  readonly path: string;
  /** Names that the graph must have; a missing one is a `model_shape_mismatch`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
};

/** A loaded network. Runs may be issued concurrently, up to `concurrency` make sense; results never depend on it. */
export type Session = {
  readonly model: ModelFile;
  /** The provider that really runs the graph. */
  readonly provider: ExecutionProvider;
  readonly concurrency: number;
  /** Names of the graph itself, e.g. to see whether a `weights` input exists. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the network. The buffers of `feeds` belong to the session until the promise settles (they may travel to
   * another thread and come back); outputs belong to the caller.
   *
   * @param fetches output names to compute; all when absent
   * @throws ModelError `inference_failed`, `model_shape_mismatch`
   */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
};

/** Opens sessions. */
export type SessionOpener = (model: ModelFile) => Promise<Session>;
