/** Whose voices those of a window are, of those that are known. */
import { assignLinear } from '../../math/linear-assignment.ts';
import { dot } from '../../math/vector.ts';

/** When a voice is one that was heard before. Cosines of centred vectors. */
export type KnownVoiceRules = {
  /** From here a voice of a second is a known one. */
  readonly knownFrom: number;
  /** The same for a voice of two seconds and more: people who are alike come nearer, everybody comes nearer to himself. */
  readonly longKnownFrom: number;
  /** Shorter voices are noisy: from the first they are known ones, below the second new ones, between the two whom they were taken for. */
  readonly shortKnownFrom: number;
  readonly shortNewBelow: number;
  /** From here it is the same voice, even where a window hears two people. */
  readonly sureFrom: number;
  /** So much a track's label so far counts for. */
  readonly staysBy: number;
};

/** The voice of a track in the latest window. */
export type TrackVoice = {
  readonly track: number;
  readonly vector: Float64Array;
  /** Speech that the vector is of. */
  readonly aloneSeconds: number;
  /** What of it was not heard before. */
  readonly newSeconds: number;
};

export type LabelledVoice = { readonly name: string; readonly centre: Float64Array };

/** What else a window says about who it hears. */
export type WindowCast = {
  /** Whom a track was taken for so far. */
  readonly labelOf: (track: number) => string | undefined;
  /** Labels of others of the window that cannot be heard by themselves: nobody else is one of these. */
  readonly silent: ReadonlySet<string>;
};

const SHORT_SECONDS = 1;
const LONG_SECONDS = 2;

/**
 * All voices of a window together: best matches first, no two of them one person unless both surely are.
 *
 * @returns the name of each; undefined for somebody new
 */
export function recogniseVoices(
  voices: readonly TrackVoice[],
  known: readonly LabelledVoice[],
  { labelOf, silent }: WindowCast,
  rules: KnownVoiceRules,
): (string | undefined)[] {
  const scores = voices.map(({ track, vector }) => {
    const current = labelOf(track);
    return known.map(({ name, centre }) => {
      const score = dot(vector, centre);
      if (silent.has(name) && name !== current && score < rules.sureFrom) return -Infinity;
      return score + (name === current ? rules.staysBy : 0);
    });
  });
  const margins = scores.map((row, index) => row.map((score) => score - knownFromOf(voices[index]!, rules)));
  const assigned = assignPositive(margins, known.length);
  const taken = new Set(silent);
  for (const column of assigned) if (column >= 0) taken.add(known[column]!.name);
  return voices.map((voice, index) => {
    const column = assigned[index]! >= 0 ? assigned[index]! : bestFrom(scores[index]!, rules.sureFrom);
    if (column !== undefined) return known[column]!.name;
    if (voice.aloneSeconds >= SHORT_SECONDS) return undefined;
    const free = scores[index]!.map((score, at) => (taken.has(known[at]!.name) ? -Infinity : score));
    const current = known.findIndex(({ name }) => name === labelOf(voice.track));
    if ((free[current] ?? -Infinity) >= rules.shortNewBelow) return known[current]!.name;
    const nearest = bestFrom(free, rules.shortNewBelow);
    return nearest === undefined ? undefined : known[nearest]!.name;
  });
}

function knownFromOf({ aloneSeconds }: TrackVoice, rules: KnownVoiceRules): number {
  if (aloneSeconds < SHORT_SECONDS) return rules.shortKnownFrom;
  const share = Math.min(1, (aloneSeconds - SHORT_SECONDS) / (LONG_SECONDS - SHORT_SECONDS));
  return rules.knownFrom + share * (rules.longKnownFrom - rules.knownFrom);
}

/** Where the largest value is, if it reaches `least`. */
function bestFrom(values: readonly number[], least: number): number | undefined {
  const best = values.reduce((at, value, index) => (value > (values[at] ?? -Infinity) ? index : at), -1);
  return best >= 0 && values[best]! >= least ? best : undefined;
}

/** The one-to-one assignment with the largest sum, of positive margins only; -1 for none. */
function assignPositive(margins: readonly (readonly number[])[], columns: number): Int32Array {
  const rows = margins.length;
  if (rows === 0 || columns === 0) return new Int32Array(rows).fill(-1);
  const data = Float64Array.from({ length: rows * columns }, (_, index) =>
    Math.max(0, margins[Math.floor(index / columns)]![index % columns]!),
  );
  const assigned = Int32Array.from(assignLinear({ data, rows, columns }, { maximize: true }));
  return assigned.map((column, row) => (column >= 0 && data[row * columns + column]! > 0 ? column : -1));
}
