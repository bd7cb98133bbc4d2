/**
 * What the core knows of a neural network: named tensors in, named tensors out.
 *
 * `onnx-session.ts` implements it in this thread, `lane-pool.ts` over worker threads; everything above sees only this.
 */
import type { ExecutionProvider, SessionWarning } from './execution-provider.ts';

/** `Uint8Array` stands for uint8 and for bool (0 or 1), as the graph has it. */
export type TensorData = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** A dense row-major tensor. `dims` multiply to `data.length`. */
export type Tensor<T extends TensorData = TensorData> = {
  readonly data: T;
  readonly dims: readonly number[];
};

/** Where a model's files lie and what its graph must look like. Comes from `models/store`, checksums verified. */
export type ModelFile = {
  /** Identity for results and messages, e.g. `pyannote-segmentation-3.0`. */
  readonly id: string;
  readonly path: string;
  /** Of the file's bytes, where they were checked: what saved graphs go by. */
  readonly sha256?: string | undefined;
  /** Names that the graph must have; a missing one is a `model_shape_mismatch`. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** False gives memory back after each run: less of it where tensors are large, as fast there. @default true */
  readonly arena?: boolean;
  /** Inner tensors of the graph to be given out as well, see `exposeTensors`. */
  readonly exposed?: readonly string[];
};

/** A graph that was made from that of a model's file and runs in its place; its inputs and outputs have the same names. */
export type MadeGraph = {
  /** Tells the forms of one file apart; a form that changes gets another name. */
  readonly form: string;
  /** Elsewhere the file is run as it is; everywhere when absent. */
  readonly onlyOn?: ExecutionProvider | undefined;
  /** The bytes of an ONNX file; nothing where there is nothing to make, so that the file is run as it is. */
  readonly make: () => Promise<Uint8Array | undefined>;
};

/** A loaded network. Runs may be issued concurrently, up to `concurrency` make sense; results never depend on it. */
export type Session = {
  readonly model: ModelFile;
  /** The provider that really runs the graph. */
  readonly provider: ExecutionProvider;
  /** How many runs to keep in flight so that no lane waits for its next one. */
  readonly concurrency: number;
  /** Names of the graph itself, e.g. to see whether a `weights` input exists. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** The form of the graph that runs; absent where it is that of the file. */
  readonly form?: string | undefined;
  readonly warnings: readonly SessionWarning[];
  /**
   * Runs the network.
   *
   * The arrays of `feeds` must stay as they are until the promise settles, and are the caller's again then: they are
   * never detached, so a caller fills the same buffers for its next run. Arrays made by `sharedFloat32` reach another
   * thread without being serialised; others are copied on the way. Outputs belong to the caller.
   *
   * @param fetches output names to compute; all when absent
   * @throws ModelError `inference_failed`, `model_shape_mismatch` (names, types or shapes that the graph refuses)
   * @throws CapacityError `out_of_memory`
   */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>;
  /** By which the lanes of its opener know it; absent where it has none. */
  readonly laneNumber?: number;
  /** Runs that build on each other, in a lane of their own; use `openChain`, which serves every session. */
  readonly openChain?: () => Promise<SessionChain>;
  /** Work beside the network in a thread of its own, by name; use `runBeside`, which serves every session. */
  readonly work?: ((name: string, input: unknown) => Promise<unknown>) | undefined;
  /** Opens the network wherever it may run, so that no run waits for that. Sessions in one thread are ready as they are. */
  readonly prepare?: () => Promise<void>;
  /** Frees the network; later runs fail. Calling it again does nothing. */
  release(): Promise<void>;
};

/** Rows [first, end) along the first dimension. */
export type RowChoice = { readonly inputs: readonly string[]; readonly first: number; readonly end: number };

/** One step of a chain of runs, see `session-chain.ts`. */
export type ChainRun = {
  /** What runs; it may read what other sessions of its opener made in this chain. @default the session of the chain */
  readonly session?: Session;
  /** In this run, only some rows of some inputs that are remembered. @default all */
  readonly rows?: readonly RowChoice[];
  /** Inputs that are new or changed since the last run of the chain; all others are fed as they were. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Outputs to hand out. */
  readonly fetches: readonly string[];
  /** Outputs to keep, with the input that each becomes in the next run. */
  readonly keep: Readonly<Record<string, string>>;
};

/**
 * One sequence of runs. It may hold a whole lane until it is released, therefore: one run at a time, release it soon,
 * and wait for no run of any other kind while holding one.
 */
export type SessionChain = {
  /** @throws what `Session.run` throws */
  run(step: ChainRun): Promise<Record<string, Tensor>>;
  /** Forgets everything; calling it again does nothing. */
  release(): void;
};

/** Opens sessions, of a model's file or of what was made from it. */
export type SessionOpener = (model: ModelFile, graph?: MadeGraph) => Promise<Session>;

/** A zeroed input buffer in memory that all threads share: the cheapest feed of a session in a lane. */
export function sharedFloat32(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
}
