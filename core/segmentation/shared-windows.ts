import type { MadeGraph, ModelFile, Session, SessionOpener, Tensor } from '../inference/session.ts';
import type { MemoryPrecision } from './memory-graph.ts';
import { FILTER_STRIDE, type SegmentationWeights } from './segmentation-weights.ts';
import { type WindowNetwork, type WindowSpan, WINDOWS_PER_RUN } from './window-network.ts';
import { buildWindowsGraph, spanSamples, type WindowLayout } from './windows-graph.ts';

/** What the graphs are made from, and who opens them. */
export type SharedWindowsParts = {
  readonly model: ModelFile;
  readonly weights: SegmentationWeights;
  readonly precision: MemoryPrecision;
  readonly windowSamples: number;
  readonly open: SessionOpener;
};

/**
 * Four windows a run with the filters over what they share computed once; what is left at the end of a span goes alone.
 *
 * With weights of 8 bits a window's scores depend in the last digits on those it is computed with, because the runtime
 * has one scale for what a run hears: the same spans give the same scores, others need not.
 */
export class SharedWindows implements WindowNetwork {
  readonly windowsPerRun = WINDOWS_PER_RUN;
  readonly #parts: SharedWindowsParts;
  readonly #alone: Session;
  /** By hop, opened when the first four windows come. */
  readonly #together = new Map<number, Promise<Session>>();

  private constructor(parts: SharedWindowsParts, alone: Session) {
    this.#parts = parts;
    this.#alone = alone;
  }

  /** @throws ModelError */
  static async open(parts: SharedWindowsParts): Promise<SharedWindows> {
    return new SharedWindows(parts, await openLayout(parts, 1, 0));
  }

  get id(): string {
    return this.#alone.model.id;
  }

  get provider(): Session['provider'] {
    return this.#alone.provider;
  }

  get concurrency(): number {
    return this.#alone.concurrency;
  }

  async score({ samples, windowCount, hopSamples }: WindowSpan): Promise<readonly Tensor[]> {
    // Windows that begin between two values of the filters share none.
    const isShared = hopSamples % FILTER_STRIDE === 0;
    const inFours = isShared ? windowCount - (windowCount % WINDOWS_PER_RUN) : 0;
    const together = inFours > 0 ? await this.#openTogether(hopSamples) : this.#alone;
    const runs: Promise<Tensor>[] = [];
    for (let window = 0; window < windowCount;) {
      const count = window < inFours ? WINDOWS_PER_RUN : 1;
      const start = window * hopSamples;
      const length = spanSamples({ ...this.#layout(count, hopSamples) });
      const span = samples.subarray(start, start + length);
      runs.push(run(count === 1 ? this.#alone : together, span));
      window += count;
    }
    return Promise.all(runs);
  }

  async prepare(hopSamples: number): Promise<void> {
    if (hopSamples % FILTER_STRIDE === 0) await this.#openTogether(hopSamples);
  }

  async release(): Promise<void> {
    const together = await Promise.all(this.#together.values());
    await Promise.all([this.#alone, ...together].map((session) => session.release()));
  }

  #layout(windowCount: number, hopSamples: number): WindowLayout {
    return { windowCount, hopSamples, windowSamples: this.#parts.windowSamples };
  }

  #openTogether(hopSamples: number): Promise<Session> {
    const known = this.#together.get(hopSamples);
    if (known !== undefined) return known;
    const opening = openLayout(this.#parts, WINDOWS_PER_RUN, hopSamples);
    this.#together.set(hopSamples, opening);
    opening.catch(() => this.#together.delete(hopSamples));
    return opening;
  }
}

function openLayout(
  { model, weights, precision, windowSamples, open }: SharedWindowsParts,
  windowCount: number,
  hopSamples: number,
): Promise<Session> {
  const graph: MadeGraph = {
    form: `segmentation-windows-1-${precision}-${windowCount}-${hopSamples}-${windowSamples}`,
    make: () =>
      Promise.resolve(buildWindowsGraph(weights, { windowCount, windowSamples, hopSamples }, precision)),
  };
  return open(model, graph);
}

async function run(session: Session, span: Float32Array): Promise<Tensor> {
  const [input, output] = [session.model.inputs[0]!, session.model.outputs[0]!];
  const results = await session.run({ [input]: { data: span, dims: [1, 1, span.length] } }, [output]);
  return results[output]!;
}
