/** Which of many known voices it is, or none of them. */
import { InvalidInputError } from '../errors.ts';
import type { ScoreScale } from '../result/voice-terms.ts';
import { reaches, type Threshold, valueOnScale } from './scores/threshold.ts';
import type { VoiceScore } from './scores/voice-score.ts';
import { checkDistinctNames } from './voices/voice-name.ts';
import type { PreparedVoice, VoiceScorer } from './scores/voice-scorer.ts';

/** A voice by name. */
export type NamedVector = {
  readonly name: string;
  readonly vector: ArrayLike<number>;
  /** Of speech that the vector is made of; absent where nobody knows. */
  readonly speechSeconds?: number | undefined;
};

/** When a voice is named. */
export type IdentificationOptions = {
  /** The least score that names a voice. @default a likelihood ratio of 1 */
  readonly threshold?: Threshold | undefined;
  /**
   * Least lead over the second voice, on the scale of the threshold; with a smaller one nobody is named.
   *
   * @default 0
   */
  readonly minMargin: number;
  /** How many candidates are listed. @default 10 */
  readonly maxCandidates: number;
};

export const DEFAULT_IDENTIFICATION_OPTIONS: IdentificationOptions = Object.freeze({
  minMargin: 0,
  maxCandidates: 10,
});

export type Candidate = VoiceScore & { readonly voice: string };

/** Whose voice a sample is, and what speaks for it. */
export type Identification = {
  /** Null for a stranger. */
  readonly voice: string | null;
  /** Lead of the best over the second, on the scale of the threshold; null with a single voice. */
  readonly margin: number | null;
  readonly threshold: Threshold;
  /** Best first, by the scale of the threshold; equals in the order of the voices. */
  readonly candidates: readonly Candidate[];
};

/** Candidates that are scored again in double precision: the packed search rounds to float32. */
const RESCORED = 32;

/** Known voices, packed for a fast search: 100,000 of 256 values take 100 MB and about 25 ms. */
export class VoiceIndex {
  readonly #scorer: VoiceScorer;
  readonly #names: readonly string[];
  readonly #dimension: number;
  /** [voices, dimension], row-major; centred, unit length. */
  readonly #packed: Float32Array;
  readonly #voiceOf: (index: number) => NamedVector;

  /**
   * @throws InvalidInputError `embedding_space_mismatch`, `invalid_file` for unusable vectors; `invalid_option` without
   *   voices, and for a name that comes twice or is that of a stranger
   */
  constructor(scorer: VoiceScorer, voices: readonly NamedVector[]) {
    const { dimension } = scorer.model.space;
    if (voices.length === 0)
      throw new InvalidInputError('invalid_option', 'Expected voices to choose from, got none.');
    const names = voices.map(({ name }) => name);
    checkDistinctNames(names);
    this.#scorer = scorer;
    this.#names = names;
    this.#dimension = dimension;
    this.#packed = new Float32Array(voices.length * dimension);
    this.#voiceOf = (index) => voices[index]!;
    voices.forEach(({ name, vector }, index) => {
      this.#packed.set(scorer.prepareVector(vector, `The voice ${JSON.stringify(name)}`), index * dimension);
    });
  }

  /**
   * Names the voice of a sample: the best where it reaches the threshold and leads by the margin, else nobody.
   *
   * @throws InvalidInputError `invalid_option`
   */
  identify(sample: PreparedVoice, options: Partial<IdentificationOptions> = {}): Identification {
    const { minMargin, maxCandidates, threshold: given } = { ...DEFAULT_IDENTIFICATION_OPTIONS, ...options };
    const threshold = this.#scorer.thresholdOrDefault(given);
    checkNumber('minMargin', minMargin, 0);
    checkNumber('maxCandidates', maxCandidates, 1);
    const ranked = this.#best(sample, Math.max(RESCORED, Math.floor(maxCandidates)), threshold);
    const [best, second] = ranked;
    const margin = second === undefined ? null : lead(best!, second, threshold);
    const isKnown = reaches(best!.candidate, threshold) && (margin ?? Infinity) >= minMargin;
    return {
      voice: isKnown ? best!.candidate.voice : null,
      margin,
      threshold,
      candidates: ranked.slice(0, Math.floor(maxCandidates)).map(({ candidate }) => candidate),
    };
  }

  #best(sample: PreparedVoice, count: number, { scale }: Threshold): Ranked[] {
    return largest(this.#search(sample.unit), count)
      .map((index) => this.#ranked(index, sample))
      .sort((a, b) => rankOf(b, scale) - rankOf(a, scale) || a.index - b.index);
  }

  #ranked(index: number, sample: PreparedVoice): Ranked {
    const { name, vector, speechSeconds } = this.#voiceOf(index);
    const voice = this.#scorer.prepare(vector, `The voice ${JSON.stringify(name)}`, speechSeconds);
    return {
      index,
      candidate: { voice: name, ...this.#scorer.score(sample, voice) },
      unboundedLlr: this.#scorer.unboundedLlr(sample, voice),
    };
  }

  /** Cosines with all voices; four sums side by side, because one would wait for itself. */
  #search(unit: Float64Array): Float64Array {
    const dimension = this.#dimension;
    const packed = this.#packed;
    const scores = new Float64Array(this.#names.length);
    const unrolled = dimension - (dimension % 4);
    for (let voice = 0, row = 0; voice < scores.length; voice++, row += dimension) {
      let [a, b, c, d] = [0, 0, 0, 0];
      for (let index = 0; index < unrolled; index += 4) {
        a += packed[row + index]! * unit[index]!;
        b += packed[row + index + 1]! * unit[index + 1]!;
        c += packed[row + index + 2]! * unit[index + 2]!;
        d += packed[row + index + 3]! * unit[index + 3]!;
      }
      for (let index = unrolled; index < dimension; index++) a += packed[row + index]! * unit[index]!;
      scores[voice] = a + b + (c + d);
    }
    return scores;
  }
}

/** A candidate and what it is ranked by. */
type Ranked = {
  readonly index: number;
  readonly candidate: Candidate;
  readonly unboundedLlr: number | undefined;
};

/** Likelihood ratios without their bounds, which would make any two sure voices equal. */
function rankOf({ candidate, unboundedLlr }: Ranked, scale: ScoreScale): number {
  if (scale === 'as-norm') return valueOnScale(candidate, scale);
  return scale === 'cosine' || unboundedLlr === undefined ? candidate.score : unboundedLlr;
}

/** The lead on the scale. */
function lead(best: Ranked, second: Ranked, { scale }: Threshold): number {
  if (scale === 'llr') return rankOf(best, scale) - rankOf(second, scale);
  return valueOnScale(best.candidate, scale) - valueOnScale(second.candidate, scale);
}

/** Indices of the largest values, largest first, the smaller index first among equals. */
function largest(values: Float64Array, count: number): number[] {
  const best: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (best.length === count && value <= values[best.at(-1)!]!) continue;
    let place = best.length;
    while (place > 0 && values[best[place - 1]!]! < value) place--;
    best.splice(place, 0, index);
    if (best.length > count) best.pop();
  }
  return best;
}

function checkNumber(name: string, value: number, least: number): void {
  if (value >= least && Number.isFinite(value)) return;
  throw new InvalidInputError('invalid_option', `${name} is ${value}; expected a number from ${least} up.`, {
    details: { option: name },
  });
}
