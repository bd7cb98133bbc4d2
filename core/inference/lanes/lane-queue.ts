/** Runs in flight per lane: one computes while the next already waits in the thread, so that no lane idles. */
export const RUNS_PER_LANE = 2;
/** The same for chains: a step of one computes while the other's caller looks at its last result. */
const CHAINS_PER_LANE = 2;
/** While a run with a deadline came this recently, the next is expected, and work without one leaves room for it. */
const URGENT_MS = 2_000;

/** What the queue asks of a lane. */
export type Lane = {
  /** Calls sent and not answered. */
  readonly load: number;
  /** Called whenever it has less to do. */
  onEased: () => void;
};

/** What the queue asks of a model: the lanes that have it. */
export type LanesOf<L extends Lane> = {
  /** Whether it is open in a lane. */
  isIn(lane: L): boolean;
  /** Whether it is open in a lane or about to be. */
  isOpening(lane: L): boolean;
  openIn(lane: L): Promise<unknown>;
  /** Whether more lanes are worth it. */
  readonly deservesLanes: boolean;
};

/** Somebody who waits for a lane: for one run, or for a chain that has a place in the lane until its release. */
export type WaitingForLane<L extends Lane> = {
  readonly model: LanesOf<L>;
  readonly wants: 'run' | 'chain';
  /** On the clock of `performance.now`; infinity where nobody waits for it. */
  readonly deadlineMs: number;
  readonly start: (lane: L) => void;
};

type Chain<L extends Lane> = { readonly lane: L; readonly isUrgent: boolean };

/**
 * Gives lanes to those who wait for one: the earliest deadline first, and who came first among equals, so that neither
 * runs nor chains starve. Without deadlines that is first come, first served.
 *
 * Work without a deadline fills the gaps of that with one: while some is about, it has no run ahead in a lane and leaves
 * one lane alone.
 */
export class LaneQueue<L extends Lane> {
  readonly #lanes: readonly L[];
  readonly #now: () => number;
  readonly #waiting: WaitingForLane<L>[] = [];
  /** Every chain that is not released. */
  readonly #chains = new Map<number, Chain<L>>();
  /** Runs without a deadline under way, by lane. */
  readonly #unhurried = new Map<L, number>();
  #nextChain = 0;
  #urgentAtMs = -Infinity;

  /** @param now in ms, of the clock of the deadlines */
  constructor(lanes: readonly L[], now: () => number = () => performance.now()) {
    this.#lanes = lanes;
    this.#now = now;
    // Whatever kept a lane busy, and whoever asked for it: the last of it to end may be what somebody waits for.
    for (const lane of lanes) lane.onEased = () => this.serve();
  }

  add(waiting: WaitingForLane<L>): void {
    if (isUrgent(waiting)) this.#urgentAtMs = this.#now();
    const later = this.#waiting.findIndex(({ deadlineMs }) => deadlineMs > waiting.deadlineMs);
    this.#waiting.splice(later === -1 ? this.#waiting.length : later, 0, waiting);
    this.serve();
  }

  /** Notes that a chain has a place in a lane; gives its number. */
  holdFor(lane: L, { deadlineMs }: { readonly deadlineMs: number }): number {
    const chain = this.#nextChain++;
    this.#chains.set(chain, { lane, isUrgent: deadlineMs < Infinity });
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

  /** A run is over. */
  finished(lane: L, { deadlineMs }: { readonly deadlineMs: number }): void {
    if (deadlineMs === Infinity) this.#unhurried.set(lane, (this.#unhurried.get(lane) ?? 1) - 1);
    this.serve();
  }

  /** Starts those for whom there is a lane, in their order: nobody takes a lane that somebody before could have. */
  serve(): void {
    const kept = new Set<L>();
    for (const waiting of [...this.#waiting]) {
      const { model } = waiting;
      const willDo = (lane: L) => model.isIn(lane) && !kept.has(lane) && this.#mayEnter(waiting, lane);
      const lane = waiting.wants === 'run' ? this.#laneForRun(waiting, willDo) : this.#laneForChain(willDo);
      if (lane === undefined) {
        // A lane that it may not enter now is none that it waits for.
        for (const candidate of this.#lanes)
          if (model.isIn(candidate) && this.#mayEnter(waiting, candidate)) kept.add(candidate);
        this.#growFor(model);
      } else {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        this.#start(waiting, lane);
      }
    }
  }

  #start(waiting: WaitingForLane<L>, lane: L): void {
    if (waiting.wants === 'run' && !isUrgent(waiting))
      this.#unhurried.set(lane, (this.#unhurried.get(lane) ?? 0) + 1);
    waiting.start(lane);
  }

  /** Opens a model that is short of lanes in one more, when it deserves that. */
  #growFor(model: LanesOf<L>): void {
    if (!model.deservesLanes) return;
    const lane = this.idlest((candidate) => !model.isOpening(candidate));
    if (lane === undefined) return;
    // Where it cannot be opened, the lanes that have it go on.
    model.openIn(lane).catch(() => undefined);
  }

  /** While runs with deadlines come, a lane is left free of chains, and one free of all that has no deadline. */
  #mayEnter(waiting: WaitingForLane<L>, lane: L): boolean {
    if (this.#now() - this.#urgentAtMs > URGENT_MS) return true;
    if (waiting.wants === 'chain' && !this.#leavesOne(lane, (other) => this.#chainsIn(other) > 0))
      return false;
    if (isUrgent(waiting)) return true;
    if (waiting.wants === 'run' && lane.load > 0) return false;
    return this.#leavesOne(lane, (other) => this.#hasUnhurried(other));
  }

  /** Whether a lane would be left that is not taken, if this one were; where there is but one, it is shared. */
  #leavesOne(lane: L, isTaken: (lane: L) => boolean): boolean {
    return this.#lanes.length === 1 || this.#lanes.some((other) => other !== lane && !isTaken(other));
  }

  #hasUnhurried(lane: L): boolean {
    if ((this.#unhurried.get(lane) ?? 0) > 0) return true;
    return [...this.#chains.values()].some((chain) => chain.lane === lane && !chain.isUrgent);
  }

  /** A run with a deadline goes in between the steps of chains where every lane has some. */
  #laneForRun(waiting: WaitingForLane<L>, willDo: (lane: L) => boolean): L | undefined {
    const hasRoom = (lane: L): boolean => willDo(lane) && lane.load < RUNS_PER_LANE;
    const free = this.idlest((lane) => hasRoom(lane) && this.#chainsIn(lane) === 0);
    if (free !== undefined || !isUrgent(waiting)) return free;
    return this.#lanes.some((lane) => this.#chainsIn(lane) === 0) ? undefined : this.idlest(hasRoom);
  }

  /** Better a lane that still has runs to do than one with another chain. */
  #laneForChain(willDo: (lane: L) => boolean): L | undefined {
    for (let chains = 0; chains < CHAINS_PER_LANE; chains++) {
      const lane = this.idlest((candidate) => willDo(candidate) && this.#chainsIn(candidate) === chains);
      if (lane !== undefined) return lane;
    }
    return undefined;
  }

  #chainsIn(lane: L): number {
    let count = 0;
    for (const holding of this.#chains.values()) if (holding.lane === lane) count++;
    return count;
  }

  /** The lane with the fewest calls under way among those that will do; the first of equals. */
  idlest(willDo: (lane: L) => boolean): L | undefined {
    let idlest: L | undefined;
    for (const lane of this.#lanes) {
      if (willDo(lane) && (idlest === undefined || lane.load < idlest.load)) idlest = lane;
    }
    return idlest;
  }
}

function isUrgent({ deadlineMs }: { readonly deadlineMs: number }): boolean {
  return deadlineMs < Infinity;
}
