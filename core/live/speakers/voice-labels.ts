/** Who the tracks are: labels that stay, from voices alone. */
import { dot, normalize } from '../../math/vector.ts';
import {
  type LabelledVoice,
  type KnownVoiceRules,
  recogniseVoices,
  type TrackVoice,
} from './known-voices.ts';
import { type TrackLabel, TrackLabels } from './track-labels.ts';

/** When a voice is a new one, and when two labels are one person. */
export type VoiceLabelOptions = KnownVoiceRules & {
  /** Speech alone that a new voice needs. */
  readonly leastNewSeconds: number;
};

/** A label so young becomes an older one as soon as their voices are surely one. */
const YOUNG_SECONDS = 12;
/** A label learns from everything at first, then only from what is surely its own. */
const LEARNING_SECONDS = 3;
/** A centre that a clustering found counts as so much speech against what is heard after it. */
const CLUSTERED_SECONDS = 10;

type Label = {
  readonly name: string;
  readonly bornAtSeconds: number;
  /** Unit vectors, each times the speech that it brought. */
  sum: Float64Array | undefined;
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
  readonly #tracks = new TrackLabels();

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
    const label = this.#tracks.current(track);
    return label === undefined ? undefined : this.resolved(label);
  }

  /** All labels that a track had, by time. */
  allOf(track: number): TrackLabel[] {
    return this.#tracks.all(track).map((part) => ({ ...part, label: this.resolved(part.label) }));
  }

  /** The label that a label is by now. */
  resolved(label: string): string {
    let current = this.#labels.get(label);
    while (current?.into !== undefined) current = this.#labels.get(current.into);
    return current?.name ?? label;
  }

  /**
   * Takes the voices of a window.
   *
   * @param silent labels of others of the window that cannot be heard by themselves
   * @returns labels that came and went
   */
  hear(voices: readonly TrackVoice[], atSeconds: number, silent: ReadonlySet<string>): LabelChange[] {
    const known = this.#known();
    const cast = { labelOf: this.of.bind(this), silent };
    const recognised = recogniseVoices(voices, known, cast, this.#options);
    const changes: LabelChange[] = [];
    voices.forEach((voice, index) => {
      const isEnough = voice.aloneSeconds >= this.#options.leastNewSeconds;
      const label = recognised[index] ?? (isEnough ? this.#birth(atSeconds, changes) : undefined);
      if (label === undefined) return;
      if (this.of(voice.track) !== label) this.#tracks.set(voice.track, label, atSeconds);
      this.#learn(label, voice, atSeconds);
      const older = this.#olderOf(label, atSeconds);
      if (older === undefined) return;
      this.merge(label, older);
      changes.push({ change: 'merged', label, into: older });
    });
    return changes;
  }

  /** A new label, for a voice that a clustering found. */
  born(atSeconds: number): string {
    return this.#birth(atSeconds, []);
  }

  merge(label: string, into: string): void {
    const [from, to] = [this.#labels.get(label)!, this.#labels.get(into)!];
    const sum = from.sum;
    if (sum !== undefined) to.sum = to.sum?.map((value, index) => value + sum[index]!) ?? sum;
    from.into = into;
  }

  /** After a clustering: what it says of a label takes the place of what was heard before. */
  setCentre(label: string, centre: ArrayLike<number>): void {
    this.#labels.get(label)!.sum = unit(centre).map((value) => CLUSTERED_SECONDS * value);
  }

  /** Whether two labels are surely one voice; false where one was not heard. */
  areSurelyOne(a: string, b: string): boolean {
    const [first, second] = [this.#labels.get(a)?.sum, this.#labels.get(b)?.sum];
    if (first === undefined || second === undefined) return false;
    return dot(unit(first), unit(second)) >= this.#options.sureFrom;
  }

  /** Unit vectors of all who have one. */
  centres(): Map<string, Float32Array> {
    return new Map(this.#known().map(({ name, centre }) => [name, Float32Array.from(centre)]));
  }

  /** Who stands for somebody, and has been heard. */
  #known(): LabelledVoice[] {
    return [...this.#labels.values()].flatMap(({ name, sum, into }) =>
      into === undefined && sum !== undefined ? [{ name, centre: unit(sum) }] : [],
    );
  }

  #birth(atSeconds: number, changes: LabelChange[]): string {
    const name = `S${this.#labels.size + 1}`;
    this.#labels.set(name, { name, bornAtSeconds: atSeconds, sum: undefined, into: undefined });
    changes.push({ change: 'new', label: name });
    return name;
  }

  #learn(name: string, { vector, newSeconds }: TrackVoice, atSeconds: number): void {
    const label = this.#labels.get(name)!;
    const isSure = label.sum === undefined || dot(vector, unit(label.sum)) >= this.#options.sureFrom;
    if (!isSure && label.bornAtSeconds <= atSeconds - LEARNING_SECONDS) return;
    const sum = (label.sum ??= new Float64Array(vector.length));
    for (let i = 0; i < sum.length; i += 1) sum[i]! += newSeconds * vector[i]!;
  }

  /** The older label that a young one is. */
  #olderOf(label: string, atSeconds: number): string | undefined {
    const born = this.bornAt(label);
    if (born < atSeconds - YOUNG_SECONDS) return undefined;
    return this.labels.find((other) => this.bornAt(other) < born && this.areSurelyOne(other, label));
  }
}

function unit(vector: ArrayLike<number>): Float64Array {
  const copy = Float64Array.from(vector);
  normalize(copy);
  return copy;
}
