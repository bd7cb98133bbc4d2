/** The segmentation network over windows that lie at equal distances in a span of samples. */
import { sharedFloat32, type Session, type Tensor } from '../inference/session.ts';

/** Windows of a span: [first, first + count) of those that start every `hopSamples`. */
export type WindowSpan = {
  /** Of all windows; must not change until the scores are there. */
  readonly samples: Float32Array;
  readonly windowCount: number;
  readonly hopSamples: number;
};

/** Scores of windows, run by run: each [windows, frames, classes]. */
export type WindowNetwork = {
  readonly id: string;
  readonly provider: Session['provider'];
  /** Windows that are computed together: what to fill spans with. */
  readonly windowsPerRun: number;
  /** Spans to keep in flight so that no lane waits. */
  readonly concurrency: number;
  score(span: WindowSpan): Promise<readonly Tensor[]>;
  /** Opens what spans of this hop will need. */
  prepare(hopSamples: number): Promise<void>;
  release(): Promise<void>;
};

/** Measured on two cores: beyond 4 windows the activations of a run no longer fit into the cache (bench/README.md). */
export const WINDOWS_PER_RUN = 4;

/** A network as it is published: all windows of a span in one run, each with a copy of its samples. */
export class PublishedWindows implements WindowNetwork {
  readonly windowsPerRun: number;
  readonly #session: Session;
  readonly #windowSamples: number;
  /** Inputs of earlier runs, to be filled again. */
  readonly #buffers: Float32Array[] = [];

  constructor(session: Session, windowSamples: number, windowsPerRun = WINDOWS_PER_RUN) {
    this.windowsPerRun = windowsPerRun;
    this.#session = session;
    this.#windowSamples = windowSamples;
  }

  get id(): string {
    return this.#session.model.id;
  }

  get provider(): Session['provider'] {
    return this.#session.provider;
  }

  get concurrency(): number {
    return this.#session.concurrency;
  }

  async score({ samples, windowCount, hopSamples }: WindowSpan): Promise<readonly Tensor[]> {
    const size = this.#windowSamples;
    const [input, output] = [this.#session.model.inputs[0]!, this.#session.model.outputs[0]!];
    const isUsual = windowCount <= this.windowsPerRun;
    const buffer =
      (isUsual ? this.#buffers.pop() : undefined) ??
      sharedFloat32(Math.max(windowCount, this.windowsPerRun) * size);
    for (let window = 0; window < windowCount; window++) {
      const start = window * hopSamples;
      buffer.set(samples.subarray(start, start + size), window * size);
    }
    const data = buffer.subarray(0, windowCount * size);
    const results = await this.#session.run({ [input]: { data, dims: [windowCount, 1, size] } }, [output]);
    if (isUsual) this.#buffers.push(buffer);
    return [results[output]!];
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
