import { dot } from '../../math/vector.ts';
import { centredByNearestMean, type CentringMeans, meanDistance } from '../../embedding/centring.ts';
import { InvalidInputError } from '../../errors.ts';
import {
  boundedLlr,
  type Calibration,
  type PairConditions,
  probabilityOf,
  shortnessOf,
  unboundedLlr,
  UNKNOWN_SPEECH_SECONDS,
} from './calibration.ts';
import type { EmbeddingSpace } from '../../result/voice-terms.ts';
import { checkVector, unitVector } from './embedding-vector.ts';
import {
  type CohortStatistics,
  cohortStatistics,
  normalizedScore,
  type ScoreCohort,
} from './score-normalization.ts';
import { checkThreshold, type Threshold, valueOnScale } from './threshold.ts';
import type { VoiceScore } from './voice-score.ts';

/** What scores of one encoder are made with; data that comes with the model. */
export type ScoringModel = {
  readonly space: EmbeddingSpace;
  /** The nearest is taken away from a unit vector: one of all voices (GE2E), or one a recording condition (CAM++). */
  readonly means?: CentringMeans | undefined;
  readonly calibration?: Calibration | undefined;
  /** [count, dimension], row-major: vectors of strangers, not centred. */
  readonly cohort?: { readonly vectors: Float32Array; readonly nearest: number } | undefined;
};

/** A vector that is ready to be compared: centred, of unit length. */
export type PreparedVoice = {
  readonly unit: Float64Array;
  /** Of speech that it is made of. */
  readonly speechSeconds: number;
  /** The condition mean that was taken away; undefined where nobody knows, or there is none. */
  readonly meanIndex: number | undefined;
  readonly strangers: CohortStatistics | undefined;
};

/** Compares vectors of one space, in double precision. */
export class VoiceScorer {
  readonly model: ScoringModel;
  readonly #cohort: ScoreCohort | undefined;

  constructor(model: ScoringModel) {
    this.model = model;
    this.#cohort = model.cohort && this.#prepareCohort(model.cohort);
  }

  /**
   * @param what how messages call the vector
   * @param speechSeconds that the vector is made of; `undefined` where nobody knows
   * @throws InvalidInputError `embedding_space_mismatch` (dimension), `invalid_file` (not finite, zero)
   */
  prepare(vector: ArrayLike<number>, what: string, speechSeconds?: number): PreparedVoice {
    checkVector(vector, this.model.space.dimension, what);
    return this.#withCohort(this.#centred(vector), speechSeconds);
  }

  /** The unit vector alone; for a search among many voices, where the cohort waits until few are left. */
  prepareVector(vector: ArrayLike<number>, what: string): Float64Array {
    checkVector(vector, this.model.space.dimension, what);
    return this.#centred(vector).unit;
  }

  /** The same for a vector that is centred already, as the centroids of diarization are. */
  prepareCentred(vector: ArrayLike<number>, speechSeconds?: number): PreparedVoice {
    return this.#withCohort({ unit: unitVector(vector) }, speechSeconds);
  }

  score(a: PreparedVoice, b: PreparedVoice): VoiceScore {
    const score = cosineOf(a, b);
    const { calibration } = this.model;
    const llr = calibration === undefined ? null : boundedLlr(calibration, score, this.#conditionsOf(a, b));
    return {
      score,
      llr,
      probability: llr === null ? null : probabilityOf(llr),
      normalizedScore: a.strangers && b.strangers ? normalizedScore(score, a.strangers, b.strangers) : null,
    };
  }

  /**
   * The likelihood ratio without its bounds, natural log: for ranking, where bounded ones would make all sure voices
   * equal. Undefined without calibration.
   */
  unboundedLlr(a: PreparedVoice, b: PreparedVoice): number | undefined {
    const { calibration } = this.model;
    return calibration && unboundedLlr(calibration, cosineOf(a, b), this.#conditionsOf(a, b));
  }

  /**
   * The threshold to decide by: the caller's, else a likelihood ratio of 1.
   *
   * @throws InvalidInputError `invalid_option` for a value outside its scale or above what the calibration can give, a
   *   scale that the encoder does not have, and for none where the encoder has no calibration
   */
  thresholdOrDefault(threshold: Threshold | undefined): Threshold {
    if (threshold !== undefined) {
      checkThreshold(threshold);
      const { calibration } = this.model;
      valueOnScale(
        {
          score: 0,
          llr: calibration ? 0 : null,
          probability: calibration ? 0.5 : null,
          normalizedScore: this.#cohort ? 0 : null,
        },
        threshold.scale,
      );
      this.#requireReachable(threshold);
      return threshold;
    }
    if (this.model.calibration !== undefined) return { scale: 'llr', value: 0 };
    throw new InvalidInputError(
      'invalid_option',
      `The encoder ${this.model.space.model} has no calibration, so it has no threshold of its own: give one on the scale cosine.`,
      { details: { option: 'threshold' } },
    );
  }

  /** Above the bound of the calibration nobody would ever match, which is hardly what the caller wants. */
  #requireReachable({ scale, value }: Threshold): void {
    const { calibration, space } = this.model;
    if (calibration === undefined || scale === 'cosine' || scale === 'as-norm') return;
    const { maxLlr } = calibration;
    const most = scale === 'llr' ? maxLlr : probabilityOf(maxLlr);
    if (value <= most) return;
    throw new InvalidInputError(
      'invalid_option',
      `A threshold of ${scale} ${value} is never reached: the calibration of ${space.model} ends at ${most.toFixed(6)}, ` +
        'because its data bears out no more. Take a lower one, or another scale.',
      { details: { option: 'threshold', scale } },
    );
  }

  #withCohort(
    { unit, meanIndex }: { readonly unit: Float64Array; readonly meanIndex?: number },
    speechSeconds = UNKNOWN_SPEECH_SECONDS,
  ): PreparedVoice {
    const strangers = this.#cohort && cohortStatistics(unit, this.#cohort);
    return { unit, speechSeconds, meanIndex, strangers };
  }

  #conditionsOf(a: PreparedVoice, b: PreparedVoice): PairConditions {
    const { means } = this.model;
    const shortness = shortnessOf(a.speechSeconds, b.speechSeconds);
    if (means === undefined || a.meanIndex === undefined || b.meanIndex === undefined) return { shortness };
    return { shortness, conditionDistance: meanDistance(means, a.meanIndex, b.meanIndex) };
  }

  #prepareCohort({ vectors, nearest }: NonNullable<ScoringModel['cohort']>): ScoreCohort {
    const { dimension } = this.model.space;
    const prepared: Float64Array[] = [];
    for (let start = 0; start < vectors.length; start += dimension) {
      const vector = vectors.subarray(start, start + dimension);
      checkVector(vector, dimension, 'A vector of the cohort');
      prepared.push(this.#centred(vector).unit);
    }
    return { vectors: prepared, nearest };
  }

  #centred(vector: ArrayLike<number>): { readonly unit: Float64Array; readonly meanIndex?: number } {
    const { means } = this.model;
    return means === undefined ? { unit: unitVector(vector) } : centredByNearestMean(vector, means);
  }
}

function cosineOf(a: PreparedVoice, b: PreparedVoice): number {
  // Rounding must not carry equal vectors out of the scale.
  return Math.min(1, Math.max(-1, dot(a.unit, b.unit)));
}
