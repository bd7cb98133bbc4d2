/** Collects partials into batches for the network and hands out their embeddings. */
import { sharedFloat32, type Session } from '../inference/session.ts';
import { ModelError } from '../errors.ts';

/** Where a partial's embedding will be: row `row` of what `rows` resolves to. */
export type PartialSlot = { readonly rows: Promise<Float32Array>; readonly row: number };

type OpenBatch = {
  readonly buffer: Float32Array;
  count: number;
  readonly rows: Promise<Float32Array>;
  readonly resolve: (rows: Promise<Float32Array>) => void;
};

/** The network sees batches of one size at most; buffers are reused from batch to batch. */
export class PartialBatches {
  readonly #session: Session;
  readonly #frames: number;
  readonly #bins: number;
  readonly #dimension: number;
  readonly #batchSize: number;
  readonly #free: Float32Array[] = [];
  #open: OpenBatch | undefined;

  constructor(
    session: Session,
    shape: { frames: number; bins: number; dimension: number; batchSize: number },
  ) {
    this.#session = session;
    this.#frames = shape.frames;
    this.#bins = shape.bins;
    this.#dimension = shape.dimension;
    this.#batchSize = shape.batchSize;
  }

  /** Adds a partial; `fill` writes its [frames, bins] values at the given offset before `add` returns. */
  add(fill: (out: Float32Array, offset: number) => void): PartialSlot {
    const batch = (this.#open ??= this.#begin());
    const row = batch.count++;
    fill(batch.buffer, row * this.#frames * this.#bins);
    const slot = { rows: batch.rows, row };
    if (batch.count === this.#batchSize) this.flush();
    return slot;
  }

  /** Sends what has been collected. */
  flush(): void {
    const batch = this.#open;
    if (batch === undefined) return;
    this.#open = undefined;
    batch.resolve(this.#run(batch));
  }

  #begin(): OpenBatch {
    const buffer = this.#free.pop() ?? sharedFloat32(this.#batchSize * this.#frames * this.#bins);
    let resolve: OpenBatch['resolve'] = () => undefined;
    const rows = new Promise<Float32Array>((settle) => (resolve = settle));
    // Whoever holds a slot meets the failure; a batch whose slots were all forgotten must not end the process.
    rows.catch(() => undefined);
    return { buffer, count: 0, rows, resolve };
  }

  async #run({ buffer, count }: OpenBatch): Promise<Float32Array> {
    const data = buffer.subarray(0, count * this.#frames * this.#bins);
    const [input, output] = [this.#session.model.inputs[0]!, this.#session.model.outputs[0]!];
    const results = await this.#session.run({ [input]: { data, dims: [count, this.#frames, this.#bins] } }, [
      output,
    ]);
    this.#free.push(buffer);
    const rows = results[output]!.data;
    if (!(rows instanceof Float32Array) || rows.length !== count * this.#dimension) {
      throw new ModelError(
        'model_shape_mismatch',
        `Expected ${this.#session.model.id} to answer ${count} × ${this.#dimension} float32, got ${rows.length} values.`,
      );
    }
    return rows;
  }
}
