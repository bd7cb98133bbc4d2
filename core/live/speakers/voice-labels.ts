/** Who the tracks are: labels that stay, from voices alone. */
import { assignLinear } from '../../math/linear-assignment.ts';
import { dot, normalize } from '../../math/vector.ts';

/** When a voice is one that was heard before. */
export type VoiceLabelOptions = {
  /** Cosine of centred vectors from which a voice is a known one. */
  readonly knownFrom: number;
  /** Below this to all that are known, it is a new one; between the two it stays whom it was taken for. */
  readonly newBelow: number;
  /** So much a track's label so far counts for, in cosine. */
  readonly staysBy: number;
  /** Speech alone that a new voice needs. */
  readonly leastNewSeconds: number;
};

/** The voice of a track in the latest window. */
export type TrackVoice = {
  readonly track: number;
  readonly vector: Float64Array;
  /** Speech that the vector is of. */
  readonly aloneSeconds: number;
  /** What of it was not heard before; 0 where nothing was. */
  readonly newSeconds: number;
};

/** A centre that a clustering found counts as so much speech against what is heard after it. */
const CLUSTERED_SECONDS = 10;

type Label = {
  readonly name: string;
  readonly bornAtSeconds: number;
  /** Unit vectors, each times the speech that it brought. */
  sum: Float64Array | undefined;
  into: string | undefined;
};

type Known = { readonly name: string; readonly centre: Float64Array };

/** What changed about labels. */
export type LabelChange =
  | { readonly change: 'new'; readonly label: string }
  | { readonly change: 'merged'; readonly label: string; readonly into: string };

/** A label, once given, is never given to another person; one that goes away becomes an alias. */
export class VoiceLabels {
  readonly #options: VoiceLabelOptions;
  readonly #labels = new Map<string, Label>();
  readonly #labelOfTrack = new Map<number, string>();

  constructor(options: VoiceLabelOptions) {
    this.#options = options;
  }

  /** Labels that stand for somebody. */
  get labels(): string[] {
    return [...this.#labels.values()].filter(({ into }) => into === undefined).map(({ name }) => name);
  }

  bornAt(label: string): number {
    return this.#labels.get(label)?.bornAtSeconds ?? 0;
  }

  /** The label that a track has; undefined as long as its voice is not known. */
  of(track: number): string | undefined {
    const label = this.#labelOfTrack.get(track);
    return label === undefined ? undefined : this.resolved(label);
  }

  /** The label that a label is by now. */
  resolved(label: string): string {
    let current = this.#labels.get(label);
    while (current?.into !== undefined) current = this.#labels.get(current.into);
    return current?.name ?? label;
  }

  /**
   * Takes the voices of a window, which are all different people: first those who are known, best matches first over all
   * of them together; then whoever is left stays whom it was taken for, or is the nearest free one, or somebody new.
   *
   * @param silent labels of others of the window that cannot be heard by themselves: nobody else is one of these
   * @returns labels that came
   */
  hear(voices: readonly TrackVoice[], atSeconds: number, silent: ReadonlySet<string>): LabelChange[] {
    const known = this.#known().filter(({ name }) => !silent.has(name));
    const scores = voices.map((voice) => this.#scores(voice, known));
    const assigned = assignFrom(scores, known.length, this.#options.knownFrom);
    const taken = new Set(silent);
    for (const column of assigned) if (column >= 0) taken.add(known[column]!.name);
    const changes: LabelChange[] = [];
    voices.forEach((voice, row) => {
      const label =
        known[assigned[row]!]?.name ??
        this.#nearEnough(voice.track, known, scores[row]!, taken) ??
        (voice.aloneSeconds >= this.#options.leastNewSeconds ? this.#birth(atSeconds, changes) : undefined);
      if (label === undefined) return;
      taken.add(label);
      this.#labelOfTrack.set(voice.track, label);
      addTo(this.#labels.get(label)!, voice);
    });
    return changes;
  }

  /** A new label, for a voice that a clustering found. */
  born(atSeconds: number): string {
    return this.#birth(atSeconds, []);
  }

  merge(label: string, into: string): void {
    this.#labels.get(label)!.into = into;
  }

  /** After a clustering: what it says of a label takes the place of what was heard before. */
  setCentre(label: string, centre: ArrayLike<number>): void {
    const known = this.#labels.get(label)!;
    known.sum = unit(centre).map((value) => CLUSTERED_SECONDS * value);
  }

  /** Unit vectors of all who have one. */
  centres(): Map<string, Float32Array> {
    const centres = new Map<string, Float32Array>();
    for (const { name, centre } of this.#known()) centres.set(name, Float32Array.from(centre));
    return centres;
  }

  /** Who stands for somebody, and has been heard. */
  #known(): Known[] {
    return [...this.#labels.values()].flatMap(({ name, sum, into }) =>
      into === undefined && sum !== undefined ? [{ name, centre: unit(sum) }] : [],
    );
  }

  #scores({ track, vector }: TrackVoice, known: readonly Known[]): number[] {
    const current = this.of(track);
    return known.map(
      ({ name, centre }) => dot(vector, centre) + (name === current ? this.#options.staysBy : 0),
    );
  }

  /** Of those that nobody else of the window is: whom the track was taken for, else the nearest. */
  #nearEnough(
    track: number,
    known: readonly Known[],
    scores: readonly number[],
    taken: ReadonlySet<string>,
  ): string | undefined {
    const current = this.of(track);
    const near = known
      .map(({ name }, index) => ({ name, score: scores[index]! }))
      .filter(({ name, score }) => !taken.has(name) && score >= this.#options.newBelow);
    const nearest = near.toSorted((a, b) => b.score - a.score)[0]?.name;
    return near.find(({ name }) => name === current)?.name ?? nearest;
  }

  #birth(atSeconds: number, changes: LabelChange[]): string {
    const name = `S${this.#labels.size + 1}`;
    this.#labels.set(name, {
      name,
      bornAtSeconds: atSeconds,
      sum: undefined,
      into: undefined,
    });
    changes.push({ change: 'new', label: name });
    return name;
  }
}

function addTo(label: Label, { vector, newSeconds }: TrackVoice): void {
  const sum = (label.sum ??= new Float64Array(vector.length));
  for (let i = 0; i < sum.length; i += 1) sum[i]! += newSeconds * vector[i]!;
}

/** The best one-to-one assignment of those that reach a score; -1 for none. */
function assignFrom(scores: readonly (readonly number[])[], columns: number, from: number): Int32Array {
  const rows = scores.length;
  if (rows === 0 || columns === 0) return new Int32Array(rows).fill(-1);
  const data = Float64Array.from({ length: rows * columns }, (_, index) =>
    Math.max(0, scores[Math.floor(index / columns)]![index % columns]! - from),
  );
  const assigned = Int32Array.from(assignLinear({ data, rows, columns }, { maximize: true }));
  return assigned.map((column, row) => (column >= 0 && data[row * columns + column]! > 0 ? column : -1));
}

function unit(vector: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(vector);
  normalize(copy);
  return copy;
}
