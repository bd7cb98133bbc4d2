import { availableParallelism } from 'node:os';
import type { ExecutionProvider, ProviderChoice } from './execution-provider.ts';
import { LaneThread } from './lane-thread.ts';
import type { ModelFile, Session, SessionWarning } from './session.ts';

export type LanePoolOptions = {
  /** The built `lane.js`. */
  readonly lanePath: string;
  readonly provider: ProviderChoice;
  /** Threads that run models side by side. One on a GPU, where runs would only queue behind each other. */
  readonly laneCount: number;
};

export const DEFAULT_LANE_POOL_OPTIONS: Omit<LanePoolOptions, 'lanePath'> = Object.freeze({
  provider: 'auto',
  laneCount: availableParallelism(),
});

/** Runs in flight per lane: one computes while the next already waits in the thread, so that no lane idles. */
const RUNS_PER_LANE = 2;

/**
 * Sessions that run in worker threads, side by side, so that this thread stays free.
 *
 * Every model has a one-thread session in each lane and a run goes to the lane with the least to do: faster than
 * threads inside a run (measured: 10.0 against 11 ms per 10 s window on two cores), and the same bits whatever the
 * number of lanes, because each run is computed by one thread alone.
 */
export class LanePool {
  /** The provider that really runs the graphs. */
  readonly provider: ExecutionProvider;
  readonly warnings: readonly SessionWarning[];
  readonly #lanes: readonly LaneThread[];
  #nextSession = 0;

  private constructor(
    lanes: readonly LaneThread[],
    provider: ExecutionProvider,
    warnings: readonly SessionWarning[],
  ) {
    this.#lanes = lanes;
    this.provider = provider;
    this.warnings = warnings;
  }

  /** @throws DependencyError `provider_unavailable` */
  static async start(
    options: Partial<LanePoolOptions> & Pick<LanePoolOptions, 'lanePath'>,
  ): Promise<LanePool> {
    const { lanePath, provider: choice, laneCount } = { ...DEFAULT_LANE_POOL_OPTIONS, ...options };
    const startLane = (index: number) => new LaneThread(lanePath, `colloquy-lane-${index}`);
    const first = startLane(0);
    const others = (count: number) => Array.from({ length: count - 1 }, (_, index) => startLane(index + 1));
    // Without a question to ask all threads start at once.
    if (choice === 'cpu') return new LanePool([first, ...others(laneCount)], 'cpu', []);
    try {
      const { provider, warnings } = await first.call({ kind: 'resolve-provider', choice });
      return new LanePool([first, ...others(provider === 'cpu' ? laneCount : 1)], provider, warnings);
    } catch (error) {
      await first.close();
      throw error;
    }
  }

  get laneCount(): number {
    return this.#lanes.length;
  }

  /**
   * Loads a model into every lane.
   *
   * @throws ModelError `model_missing`, `model_shape_mismatch`
   */
  async open(model: ModelFile): Promise<Session> {
    const session = this.#nextSession++;
    const { provider, warnings } = this;
    const openings = this.#lanes.map((lane) => lane.call({ kind: 'open', session, model, provider }));
    const release = async () => {
      await Promise.all(this.#lanes.map((lane) => lane.call({ kind: 'release', session })));
    };
    const [first] = await Promise.all(openings).catch(async (error: unknown) => {
      await Promise.allSettled(openings);
      await release();
      throw error;
    });
    return {
      model,
      provider,
      warnings,
      concurrency: this.laneCount * RUNS_PER_LANE,
      inputNames: first!.inputNames,
      outputNames: first!.outputNames,
      run: (feeds, fetches) => this.#idlest().call({ kind: 'run', session, feeds, fetches }),
      release,
    };
  }

  /** Waits for the runs under way, frees all sessions and ends the threads. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  /** The lane with the fewest calls under way; the first of equals. */
  #idlest(): LaneThread {
    return this.#lanes.reduce((best, lane) => (lane.load < best.load ? lane : best));
  }
}
