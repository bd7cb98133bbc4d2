import { madeFor } from '../made-graphs.ts';
import { dropSavedGraph, isSaved, savedGraphPath } from '../saved-graphs.ts';
import type { ExecutionProvider } from '../execution-provider.ts';
import type { MadeGraph, ModelFile } from '../session.ts';
import type { LaneResults } from './lane-messages.ts';
import type { LaneThread } from './lane-thread.ts';

/** What a pool gives its models. */
export type PooledModelPlace = {
  readonly provider: ExecutionProvider;
  /** Where graphs are kept as the runtime made them ready; nowhere when absent. */
  readonly savedGraphs: string | undefined;
};

/**
 * A model and the lanes that have opened it. It is opened in one lane first, and in the others once it has worked as long
 * as its opening took: a short recording does not pay for lanes that it would hardly use.
 */
export class PooledModel {
  /** By which lanes know it. */
  readonly session: number;
  readonly model: ModelFile;
  readonly #made: MadeGraph | undefined;
  readonly #place: PooledModelPlace;
  readonly #openings = new Map<LaneThread, Promise<LaneResults['open']>>();
  readonly #lanes = new Set<LaneThread>();
  #isReleased = false;
  #openedMs = 0;
  #workedMs = 0;

  constructor(session: number, model: ModelFile, made: MadeGraph | undefined, place: PooledModelPlace) {
    this.session = session;
    this.model = model;
    this.#made = made;
    this.#place = place;
  }

  /** Whether it is open in a lane. */
  isIn(lane: LaneThread): boolean {
    return this.#lanes.has(lane);
  }

  /** Whether it is open in a lane or about to be. */
  isOpening(lane: LaneThread): boolean {
    return this.#openings.has(lane);
  }

  /** Opens it in a lane, once. */
  openIn(lane: LaneThread): Promise<LaneResults['open']> {
    const known = this.#openings.get(lane);
    if (known !== undefined) return known;
    const started = performance.now();
    const opened = this.#open(lane).then((facts) => {
      this.#openedMs = performance.now() - started;
      this.#lanes.add(lane);
      return facts;
    });
    const opening = lane.busyWith(opened);
    this.#openings.set(lane, opening);
    opening.catch(() => {
      // No second attempt while the same would happen again.
      this.#openedMs = Infinity;
      this.#openings.delete(lane);
    });
    return opening;
  }

  /** Tells how long a lane has worked with it. */
  hasWorked(milliseconds: number): void {
    this.#workedMs += milliseconds;
  }

  /** Whether more lanes are worth it. */
  get deservesLanes(): boolean {
    return this.#workedMs > this.#openedMs;
  }

  get isReleased(): boolean {
    return this.#isReleased;
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    const lanes = [...this.#openings.keys()];
    this.#openings.clear();
    this.#lanes.clear();
    await Promise.all(lanes.map((lane) => lane.call({ kind: 'release', session: this.session })));
  }

  async #open(lane: LaneThread): Promise<LaneResults['open']> {
    const { session, model } = this;
    const { provider, savedGraphs } = this.#place;
    const form = this.#made?.form;
    const saved = savedGraphs && savedGraphPath(savedGraphs, model, { form, provider });
    const call = { kind: 'open', session, model, provider, saved } as const;
    if (saved !== undefined && (await isSaved(saved))) {
      try {
        return await lane.call({ ...call, graph: form === undefined ? undefined : { form } });
      } catch {
        // Not as it was written: made anew below, and told there if the model itself is wrong.
        await dropSavedGraph(saved);
      }
    }
    return lane.call({ ...call, graph: await madeFor(model, provider, this.#made) });
  }
}
