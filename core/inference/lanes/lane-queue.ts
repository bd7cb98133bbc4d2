import type { LaneThread } from './lane-thread.ts';
import type { PooledModel } from './pooled-model.ts';

/** Runs in flight per lane: one computes while the next already waits in the thread, so that no lane idles. */
export const RUNS_PER_LANE = 2;
/** The same for chains: a step of one computes while the other's caller looks at its last result. */
const CHAINS_PER_LANE = 2;

/** Somebody who waits for a lane: for one run, or for a chain that has a place in the lane until its release. */
export type WaitingForLane = {
  readonly model: PooledModel;
  readonly wants: 'run' | 'chain';
  readonly start: (lane: LaneThread) => void;
};

/** Gives lanes to those who wait for one: first come, first served, so that neither runs nor chains starve. */
export class LaneQueue {
  readonly #lanes: readonly LaneThread[];
  readonly #waiting: WaitingForLane[] = [];
  /** The lane of every chain that is not released. */
  readonly #chains = new Map<number, LaneThread>();
  #nextChain = 0;

  constructor(lanes: readonly LaneThread[]) {
    this.#lanes = lanes;
    // Whatever kept a lane busy, and whoever asked for it: the last of it to end may be what somebody waits for.
    for (const lane of lanes) lane.onEased = () => this.serve();
  }

  add(waiting: WaitingForLane): void {
    this.#waiting.push(waiting);
    this.serve();
  }

  /** Notes that a chain has a place in a lane; gives its number. */
  holdFor(lane: LaneThread): number {
    const chain = this.#nextChain++;
    this.#chains.set(chain, lane);
    return chain;
  }

  release(chain: number): void {
    this.#chains.delete(chain);
    this.serve();
  }

  releaseAll(): void {
    this.#chains.clear();
    this.serve();
  }

  /** Starts those for whom there is a lane, in their order: nobody takes a lane that somebody before could have. */
  serve(): void {
    const kept = new Set<LaneThread>();
    for (const waiting of [...this.#waiting]) {
      const { model } = waiting;
      const willDo = (lane: LaneThread) => model.isIn(lane) && !kept.has(lane);
      const lane = waiting.wants === 'run' ? this.#laneForRun(willDo) : this.#laneForChain(willDo);
      if (lane === undefined) {
        this.#lanes.filter((candidate) => model.isIn(candidate)).forEach((taken) => kept.add(taken));
        this.#growFor(model);
      } else {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        waiting.start(lane);
      }
    }
  }

  /** Opens a model that is short of lanes in one more, when it deserves that. */
  #growFor(model: PooledModel): void {
    if (!model.deservesLanes) return;
    const lane = this.idlest((candidate) => !model.isOpening(candidate));
    if (lane === undefined) return;
    // Where it cannot be opened, the lanes that have it go on.
    model.openIn(lane).catch(() => undefined);
  }

  #laneForRun(willDo: (lane: LaneThread) => boolean): LaneThread | undefined {
    return this.idlest((lane) => willDo(lane) && this.#chainsIn(lane) === 0 && lane.load < RUNS_PER_LANE);
  }

  /** Better a lane that still has runs to do than one with another chain. */
  #laneForChain(willDo: (lane: LaneThread) => boolean): LaneThread | undefined {
    for (let chains = 0; chains < CHAINS_PER_LANE; chains++) {
      const lane = this.idlest((candidate) => willDo(candidate) && this.#chainsIn(candidate) === chains);
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
  idlest(willDo: (lane: LaneThread) => boolean): LaneThread | undefined {
    let idlest: LaneThread | undefined;
    for (const lane of this.#lanes) {
      if (willDo(lane) && (idlest === undefined || lane.load < idlest.load)) idlest = lane;
    }
    return idlest;
  }
}
