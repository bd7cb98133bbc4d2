import { availableParallelism } from 'node:os';
import { builtFile } from '../built-file.ts';
import { assert } from '../../errors.ts';
import type { ExecutionProvider, ProviderChoice, SessionWarning } from '../execution-provider.ts';
import type { LaneCall, LaneResults } from './lane-messages.ts';
import { LaneThread } from './lane-thread.ts';
import { madeFor } from '../made-graphs.ts';
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
};

export const DEFAULT_LANE_POOL_OPTIONS: Omit<LanePoolOptions, 'lanePath'> = Object.freeze({
  provider: 'auto',
  laneCount: availableParallelism(),
});

/** Runs in flight per lane: one computes while the next already waits in the thread, so that no lane idles. */
const RUNS_PER_LANE = 2;
/** The same for chains: a step of one computes while the other's caller looks at its last result. */
const CHAINS_PER_LANE = 2;

/** Somebody who waits for a lane: for one run, or for a chain that has a place in the lane until its release. */
type Waiting = { readonly wants: 'run' | 'chain'; readonly start: (lane: LaneThread) => void };

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
  /** First come, first served, so that neither runs nor chains starve. */
  readonly #waiting: Waiting[] = [];
  /** The lane of every chain that is not released. */
  readonly #chains = new Map<number, LaneThread>();
  readonly #runs = new Set<Promise<unknown>>();
  #nextSession = 0;
  #nextChain = 0;

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
  static async start(options: Partial<LanePoolOptions> = {}): Promise<LanePool> {
    const {
      lanePath = builtFile('lane.js'),
      provider: choice,
      laneCount,
    } = { ...DEFAULT_LANE_POOL_OPTIONS, ...options };
    disableTelemetry();
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
  async open(model: ModelFile, made?: MadeGraph): Promise<Session> {
    const session = this.#nextSession++;
    const { provider, warnings } = this;
    const graph = await madeFor(model, provider, made);
    const openings = this.#lanes.map((lane) => lane.call({ kind: 'open', session, model, graph, provider }));
    const release = async () => {
      await Promise.allSettled(this.#runs);
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
      form: first!.form,
      run: (feeds, fetches) => this.#run({ kind: 'run', session, feeds, fetches }),
      laneNumber: session,
      openChain: () => this.#openChain(session),
      work: (name, input) => this.#run({ kind: 'work', session, name, input }),
      release,
    };
  }

  /** Waits for the runs under way, frees all sessions and ends the threads. */
  async close(): Promise<void> {
    this.#chains.clear();
    this.#serve();
    await Promise.allSettled(this.#runs);
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #run<C extends Extract<LaneCall, { kind: 'run' | 'work' }>>(call: C): Promise<LaneResults[C['kind']]> {
    const running = new Promise<LaneResults[C['kind']]>((resolve, reject) => {
      const start = (lane: LaneThread) => {
        void lane
          .call(call)
          .then(resolve, reject)
          .finally(() => this.#serve());
      };
      this.#waiting.push({ wants: 'run', start });
      this.#serve();
    });
    const forget = () => this.#runs.delete(running);
    this.#runs.add(running);
    running.then(forget, forget);
    return running;
  }

  /** Chains share a lane with none but each other: their steps are short and would each wait for a long run. */
  #openChain(session: number): Promise<SessionChain> {
    return new Promise((resolve) => {
      const start = (lane: LaneThread) => {
        resolve(this.#chainIn(lane, session));
      };
      this.#waiting.push({ wants: 'chain', start });
      this.#serve();
    });
  }

  #chainIn(lane: LaneThread, session: number): SessionChain {
    const chain = this.#nextChain++;
    this.#chains.set(chain, lane);
    let released = false;
    return {
      run: ({ session: other, ...step }) => {
        const runs = other === undefined ? session : other.laneNumber;
        assert(runs !== undefined, 'A chain was to run a session that has no lanes.');
        return lane.call({ kind: 'chain-run', session: runs, chain, step });
      },
      release: () => {
        if (released) return;
        released = true;
        // A pool that was closed in between has forgotten the chain anyway.
        lane.call({ kind: 'chain-release', chain }).catch(() => undefined);
        this.#chains.delete(chain);
        this.#serve();
      },
    };
  }

  /** Starts those who wait as long as there is a lane for the first of them. */
  #serve(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const lane = first.wants === 'run' ? this.#laneForRun() : this.#laneForChain();
      if (lane === undefined) return;
      this.#waiting.shift();
      first.start(lane);
    }
  }

  #laneForRun(): LaneThread | undefined {
    return this.#idlest((lane) => this.#chainsIn(lane) === 0 && lane.load < RUNS_PER_LANE);
  }

  /** Better a lane that still has runs to do than one with another chain. */
  #laneForChain(): LaneThread | undefined {
    for (let chains = 0; chains < CHAINS_PER_LANE; chains++) {
      const lane = this.#idlest((candidate) => this.#chainsIn(candidate) === chains);
      if (lane !== undefined) return lane;
    }
    return undefined;
  }

  #chainsIn(lane: LaneThread): number {
    let count = 0;
    for (const holding of this.#chains.values()) if (holding === lane) count++;
    return count;
  }

  /** The lane with the fewest calls under way among those that will do; the first of equals. */
  #idlest(willDo: (lane: LaneThread) => boolean): LaneThread | undefined {
    let idlest: LaneThread | undefined;
    for (const lane of this.#lanes) {
      if (willDo(lane) && (idlest === undefined || lane.load < idlest.load)) idlest = lane;
    }
    return idlest;
  }
}
