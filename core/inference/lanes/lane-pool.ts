import { availableParallelism } from 'node:os';
import { builtFile } from '../built-file.ts';
import { assert, InvariantError } from '../../errors.ts';
import {
  type ExecutionProvider,
  isCpu,
  type ProviderChoice,
  type SessionWarning,
} from '../execution-provider.ts';
import type { LaneCall, LaneResults } from './lane-messages.ts';
import { LaneQueue, RUNS_PER_LANE } from './lane-queue.ts';
import { LaneThread } from './lane-thread.ts';
import { currentDeadlineMs } from './run-deadline.ts';
import { PooledModel } from './pooled-model.ts';
import { disableTelemetry } from '../runtime-telemetry.ts';
import type { SessionChain } from '../session-chain.ts';
import type { MadeGraph, ModelFile, Session } from '../session.ts';

/** How many threads run models, and on what. */
export type LanePoolOptions = {
  /** The built `lane.js`. @default the one of this package */
  readonly lanePath: string;
  readonly provider: ProviderChoice;
  /** Threads that run models side by side. One on a GPU, where runs would only queue behind each other. */
  readonly laneCount: number;
  /** Folder for graphs as the runtime made them ready, see `saved-graphs.ts`. @default none */
  readonly savedGraphs?: string | undefined;
};

export const DEFAULT_LANE_POOL_OPTIONS: Omit<LanePoolOptions, 'lanePath'> = Object.freeze({
  provider: 'auto',
  laneCount: availableParallelism(),
});

/**
 * Sessions that run in worker threads, side by side, so that this thread stays free.
 *
 * A model has a one-thread session in each lane that runs it and a run goes to the lane with the least to do: faster
 * than threads inside a run (measured: 10.0 against 11 ms per 10 s window on two cores), and the same bits whatever the
 * number of lanes, because each run is computed by one thread alone.
 */
export class LanePool {
  /** The provider that really runs the graphs. */
  readonly provider: ExecutionProvider;
  readonly warnings: readonly SessionWarning[];
  readonly #lanes: readonly LaneThread[];
  readonly #queue: LaneQueue<LaneThread>;
  readonly #runs = new Set<Promise<unknown>>();
  readonly #savedGraphs: string | undefined;
  /** By the numbers by which lanes know them. */
  readonly #models = new Map<number, PooledModel>();
  #nextSession = 0;

  private constructor(
    lanes: readonly LaneThread[],
    provider: ExecutionProvider,
    warnings: readonly SessionWarning[],
    savedGraphs: string | undefined,
  ) {
    this.#savedGraphs = savedGraphs;
    this.#lanes = lanes;
    this.#queue = new LaneQueue(lanes);
    this.provider = provider;
    this.warnings = warnings;
  }

  /** @throws DependencyError `provider_unavailable`; `dependency_missing` where `lane.js` cannot be run, else `open` throws it */
  static async start(options: Partial<LanePoolOptions> = {}): Promise<LanePool> {
    const {
      lanePath = builtFile('lane.js'),
      provider: choice,
      laneCount,
      savedGraphs,
    } = { ...DEFAULT_LANE_POOL_OPTIONS, ...options };
    disableTelemetry();
    const startLane = (index: number) => new LaneThread(lanePath, `colloquy-lane-${index}`);
    const first = startLane(0);
    const others = (count: number) => Array.from({ length: count - 1 }, (_, index) => startLane(index + 1));
    // Without a question to ask all threads start at once.
    if (isCpu(choice)) return new LanePool([first, ...others(laneCount)], 'cpu', [], savedGraphs);
    try {
      const { provider, warnings } = await first.call({ kind: 'resolve-provider', choice });
      const lanes = [first, ...others(provider === 'cpu' ? laneCount : 1)];
      return new LanePool(lanes, provider, warnings, savedGraphs);
    } catch (error) {
      await first.close();
      throw error;
    }
  }

  get laneCount(): number {
    return this.#lanes.length;
  }

  /**
   * Loads a model, into one lane: others follow when it has enough to do, or with `prepare`.
   *
   * @throws ModelError `model_missing`, `model_shape_mismatch`
   */
  async open(model: ModelFile, made?: MadeGraph): Promise<Session> {
    const { provider, warnings } = this;
    const pooled = new PooledModel(this.#nextSession++, model, made, {
      provider,
      savedGraphs: this.#savedGraphs,
    });
    const session = pooled.session;
    const first = await pooled.openIn(this.#queue.idlest(() => true)!);
    this.#models.set(session, pooled);
    return {
      laneNumber: session,
      model,
      provider,
      warnings,
      concurrency: this.laneCount * RUNS_PER_LANE,
      inputNames: first.inputNames,
      outputNames: first.outputNames,
      form: first.form,
      run: (feeds, fetches) => this.#run(pooled, { kind: 'run', session, feeds, fetches }),
      openChain: () => this.#openChain(pooled),
      work: (name, input) => this.#run(pooled, { kind: 'work', session, name, input }),
      prepare: async () => {
        await Promise.all(this.#lanes.map((lane) => pooled.openIn(lane)));
      },
      release: async () => {
        await Promise.allSettled(this.#runs);
        this.#models.delete(session);
        await pooled.release();
      },
    };
  }

  /** Waits for the runs under way, frees all sessions and ends the threads. */
  async close(): Promise<void> {
    this.#queue.releaseAll();
    await Promise.allSettled(this.#runs);
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #run<C extends Extract<LaneCall, { kind: 'run' | 'work' }>>(
    model: PooledModel,
    call: C,
  ): Promise<LaneResults[C['kind']]> {
    if (model.isReleased)
      return Promise.reject(
        new InvariantError(`The session of ${model.model.id} was run after its release.`),
      );
    const deadlineMs = currentDeadlineMs();
    const running = new Promise<LaneResults[C['kind']]>((resolve, reject) => {
      const start = (lane: LaneThread) => {
        const started = performance.now();
        void lane
          .call(call)
          .then(resolve, reject)
          .finally(() => {
            model.hasWorked(performance.now() - started);
            this.#queue.finished(lane, { deadlineMs });
          });
      };
      this.#queue.add({ model, wants: 'run', deadlineMs, start });
    });
    const forget = () => this.#runs.delete(running);
    this.#runs.add(running);
    running.then(forget, forget);
    return running;
  }

  /** Chains share a lane with none but each other: their steps are short and would each wait for a long run. */
  #openChain(model: PooledModel): Promise<SessionChain> {
    const deadlineMs = currentDeadlineMs();
    return new Promise((resolve) => {
      const start = (lane: LaneThread) => {
        resolve(this.#chainIn(lane, model, deadlineMs));
      };
      this.#queue.add({ model, wants: 'chain', deadlineMs, start });
    });
  }

  #chainIn(lane: LaneThread, model: PooledModel, deadlineMs: number): SessionChain {
    const started = performance.now();
    const chain = this.#queue.holdFor(lane, { deadlineMs });
    let released = false;
    return {
      run: async ({ session: other, ...step }) => {
        const runs = other === undefined ? model : this.#models.get(other.laneNumber ?? -1);
        assert(runs !== undefined, 'A chain was to run a session that has no lanes.');
        if (!runs.isIn(lane)) await runs.openIn(lane);
        return lane.call({ kind: 'chain-run', session: runs.session, chain, step });
      },
      release: () => {
        if (released) return;
        released = true;
        model.hasWorked(performance.now() - started);
        // A pool that was closed in between has forgotten the chain anyway.
        lane.call({ kind: 'chain-release', chain }).catch(() => undefined);
        this.#queue.release(chain);
      },
    };
  }
}
