import type { LanePool } from '../../inference/lanes/lane-pool.ts';
import type { MadeGraph, ModelFile, Session } from '../../inference/session.ts';

/** The sessions of an engine: each model is loaded once and stays, whatever number of tasks use it. */
export class SessionStore {
  readonly #pool: LanePool;
  readonly #opened = new Map<string, Promise<Session>>();

  constructor(pool: LanePool) {
    this.#pool = pool;
  }

  /**
   * The session of a model, loaded at the first call. It belongs to the store: `release` does nothing.
   *
   * @throws ModelError `model_missing`, `model_shape_mismatch`
   */
  open(model: ModelFile, graph?: MadeGraph): Promise<Session> {
    const key = JSON.stringify([model, graph?.form]);
    const known = this.#opened.get(key);
    if (known) return known;
    const opening = this.#pool
      .open(model, graph)
      .then((session): Session => ({ ...session, release: () => Promise.resolve() }));
    this.#opened.set(key, opening);
    // What failed may be mended, by pulling the model again for instance.
    opening.catch(() => this.#opened.delete(key));
    return opening;
  }

  /** Opens all that was asked for so far in every lane, so that no recording waits for that. */
  async prepare(): Promise<void> {
    await Promise.all([...this.#opened.values()].map(async (opening) => (await opening).prepare?.()));
  }
}
