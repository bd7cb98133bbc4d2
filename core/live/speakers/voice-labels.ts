/** Who the tracks are: labels that stay, from voices alone. */
import { dot } from '../../math/vector.ts';

/** When a voice is one that was heard before. */
export type VoiceLabelOptions = {
  /** Cosine of centred vectors from which a voice of a second or more is a known one. */
  readonly knownFrom: number;
  /** The same for less speech, whose vectors lie further apart. */
  readonly knownFromShort: number;
};

/** Speech alone, in seconds, at which a track is listened to (again): more tells more. */
const LISTEN_AT_SECONDS = [0.4, 1, 2, 4] as const;
const SHORT_SECONDS = 1;

type Label = {
  readonly name: string;
  readonly bornAtSeconds: number;
  /** Of the last clustering. */
  clustered: Float64Array | undefined;
  /** Of the tracks that it was given to since: unit vectors, by the speech they are of. */
  readonly heard: Map<number, { readonly vector: Float64Array; readonly seconds: number }>;
  into: string | undefined;
};

/** What changed about labels. */
export type LabelChange =
  | { readonly change: 'new'; readonly label: string }
  | { readonly change: 'merged'; readonly label: string; readonly into: string };

/** A label, once given, is never given to another person; one that goes away becomes an alias. */
export class VoiceLabels {
  readonly #options: VoiceLabelOptions;
  readonly #labels = new Map<string, Label>();
  readonly #labelOfTrack = new Map<number, string>();
  readonly #listened = new Map<number, number>();

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

  /** Whether there is more to hear of a track than when it was last listened to. */
  wantsToHear(track: number, aloneSeconds: number): boolean {
    const heard = this.#listened.get(track) ?? 0;
    return LISTEN_AT_SECONDS.some((seconds) => heard < seconds && aloneSeconds >= seconds);
  }

  /**
   * Takes the voice of a track.
   *
   * @param present labels of other voices of the same window, which this one cannot be
   */
  hear(
    track: number,
    voice: { readonly vector: Float64Array; readonly aloneSeconds: number; readonly atSeconds: number },
    present: ReadonlySet<string>,
  ): LabelChange[] {
    const { vector, aloneSeconds, atSeconds } = voice;
    this.#listened.set(track, aloneSeconds);
    const current = this.of(track);
    if (current !== undefined) this.#labels.get(current)!.heard.delete(track);
    const nearest = this.#nearest(vector, present);
    const from = aloneSeconds < SHORT_SECONDS ? this.#options.knownFromShort : this.#options.knownFrom;
    // Nobody else's speech made this label: it is what it is, unless it turns out to be somebody known.
    const isOnlyThis = current !== undefined && this.#centre(this.#labels.get(current)!) === undefined;
    const isKnown = nearest !== undefined && nearest.similarity >= from;
    const changes: LabelChange[] = [];
    const stays = isOnlyThis || (current !== undefined && aloneSeconds < SHORT_SECONDS);
    const label = isKnown ? nearest.label : stays ? current : this.#birth(atSeconds, changes);
    this.#give(track, label, { vector, seconds: aloneSeconds });
    if (current !== undefined && current !== label && isOnlyThis) {
      this.merge(current, label);
      changes.push({ change: 'merged', label: current, into: label });
    }
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
    known.clustered = unit(Float64Array.from(centre));
    known.heard.clear();
  }

  /** A track belongs to somebody else than was thought. */
  move(track: number, label: string): void {
    this.#labelOfTrack.set(track, label);
  }

  /** Unit vectors of all who have one. */
  centres(): Map<string, Float32Array> {
    const centres = new Map<string, Float32Array>();
    for (const label of this.#labels.values()) {
      const centre = label.into === undefined ? this.#centre(label) : undefined;
      if (centre !== undefined) centres.set(label.name, Float32Array.from(centre));
    }
    return centres;
  }

  #nearest(
    vector: Float64Array,
    present: ReadonlySet<string>,
  ): { readonly label: string; readonly similarity: number } | undefined {
    let nearest: { label: string; similarity: number } | undefined;
    for (const label of this.#labels.values()) {
      if (label.into !== undefined || present.has(label.name)) continue;
      const centre = this.#centre(label);
      const similarity = centre === undefined ? -Infinity : dot(vector, centre);
      if (similarity > (nearest?.similarity ?? -Infinity)) nearest = { label: label.name, similarity };
    }
    return nearest;
  }

  #centre({ clustered, heard }: Label): Float64Array | undefined {
    if (clustered !== undefined) return clustered;
    let sum: Float64Array | undefined;
    for (const { vector, seconds } of heard.values()) {
      sum ??= new Float64Array(vector.length);
      for (let i = 0; i < sum.length; i += 1) sum[i]! += seconds * vector[i]!;
    }
    return sum && unit(sum);
  }

  #birth(atSeconds: number, changes: LabelChange[]): string {
    const name = `S${this.#labels.size + 1}`;
    this.#labels.set(name, {
      name,
      bornAtSeconds: atSeconds,
      clustered: undefined,
      heard: new Map(),
      into: undefined,
    });
    changes.push({ change: 'new', label: name });
    return name;
  }

  #give(track: number, label: string, heard: { vector: Float64Array; seconds: number }): void {
    this.#labelOfTrack.set(track, label);
    this.#labels.get(label)!.heard.set(track, heard);
  }
}

function unit(vector: Float64Array): Float64Array {
  const norm = Math.sqrt(dot(vector, vector));
  return norm === 0 ? vector : vector.map((value) => value / norm);
}
