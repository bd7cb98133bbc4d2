/** The label of a track from a moment on. */
export type TrackLabel = { readonly label: string; readonly fromSeconds: number };

/** A voice is known by its last seconds: a change is noticed so much later. */
const NOTICED_AFTER_SECONDS = 2;

/** Which labels a track had. The first holds for all of it, a later one from when the voice changed. */
export class TrackLabels {
  readonly #labels = new Map<number, TrackLabel[]>();

  current(track: number): string | undefined {
    return this.#labels.get(track)?.at(-1)?.label;
  }

  all(track: number): readonly TrackLabel[] {
    return this.#labels.get(track) ?? [];
  }

  /** From now on a track is somebody else, or somebody at all. */
  set(track: number, label: string, atSeconds: number): void {
    const labels = this.#labels.get(track);
    if (labels === undefined) this.#labels.set(track, [{ label, fromSeconds: -Infinity }]);
    else labels.push({ label, fromSeconds: atSeconds - NOTICED_AFTER_SECONDS });
  }
}
