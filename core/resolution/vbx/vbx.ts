import { largestOf } from '../../math/extremes.ts';
import { addScaledRow, dotRows, zeroMatrix, type Matrix } from '../../math/matrix.ts';

export type VbxOptions = {
  /** Fa in the paper. */
  readonly statisticsScale: number;
  /** Fb in the paper. */
  readonly speakerRegularization: number;
  readonly maxIterations: number;
  readonly minImprovement: number;
  /**
   * How many embeddings each row stands for, as their mean.
   *
   * @default 1 each
   */
  readonly weights?: Float64Array;
  readonly onTick?: (() => void) | undefined;
};

export type VbxResult = {
  /** γ [T, S]: how much of each embedding belongs to each speaker; rows add up to 1. */
  readonly responsibilities: Matrix<Float64Array>;
  /** π [S]: share of each speaker; near 0 where it is not needed. */
  readonly priors: Float64Array;
  /** The evidence lower bound after each iteration. */
  readonly evidence: readonly number[];
};

/** Keeps the logarithm of a prior of 0 finite. */
const PRIOR_FLOOR = 1e-8;

/**
 * A speaker to whom fewer embeddings than this belong, all added up, gets no model of its own: α = 0 in place of
 * about 1e-9. That changes responsibilities by less than 1e-17 and saves nearly all work in long recordings, where
 * hundreds of first guesses die within a few iterations.
 */
const DORMANT_MASS = 1e-9;

/**
 * Variational Bayes clustering of PLDA features, without the HMM of the paper: a mixture of speakers, each a latent
 * vector with a normal prior. Speakers that explain nothing lose their share.
 *
 * Letters are those of the paper. x: features, ρ = x √Φ, y_s ~ N(α_s, L_s⁻¹): model of speaker s, w_t: how many
 * embeddings row t stands for (1 in the paper).
 *
 * @param features [T, D]; unit variance within a speaker, `phi` between speakers
 * @param initial  [T, S] first responsibilities; overwritten
 * @see Landini, Profant, Diez & Burget, "Bayesian HMM clustering of x-vector sequences (VBx) in speaker diarization",
 *   Computer Speech & Language 71, 2022; equation numbers below are its
 * @see pyannote.audio 4 `utils.vbx.VBx`
 */
export function vbx(
  features: Matrix<Float64Array>,
  phi: Float64Array,
  initial: Matrix<Float64Array>,
  options: VbxOptions,
): VbxResult {
  const { statisticsScale: fa, speakerRegularization: fb, onTick } = options;
  const { rows: count, columns: dimension } = features;
  const weights = options.weights ?? new Float64Array(count).fill(1);
  const speakers = initial.columns;
  const gamma = initial;
  const pi = new Float64Array(speakers).fill(1 / speakers);
  const G = frameConstants(features);
  const rho = timesRootOfPhi(features, phi);
  const models: SpeakerModels = {
    alpha: zeroMatrix(speakers, dimension),
    inverseL: zeroMatrix(speakers, dimension),
  };
  const evidence: number[] = [];
  let mass = massOf(gamma, weights);

  for (let iteration = 0; iteration < options.maxIterations; iteration += 1) {
    const alive = [...mass.keys()].filter((s) => mass[s]! >= DORMANT_MASS);
    updateSpeakers(models, { gamma, weights, rho, phi, mass, alive, scale: fa / fb });
    const speakerTerms = speakerTermsOf(models, phi, pi, fa);
    const logEvidence = updateResponsibilities(gamma, {
      weights,
      G,
      rho,
      models,
      alive,
      speakerTerms,
      fa,
      onTick,
    });
    mass = massOf(gamma, weights);
    updatePriors(pi, mass);

    // ELBO = Σ_t w_t log p(x_t) + Fb/2 Σ_s Σ_d (log L_sd⁻¹ − L_sd⁻¹ − α_sd² + 1)                                   (25)
    evidence.push(logEvidence + 0.5 * fb * divergenceOf(models));
    if (iteration > 0 && evidence[iteration]! - evidence[iteration - 1]! < options.minImprovement) break;
  }
  return { responsibilities: gamma, priors: pi, evidence };
}

/** The posterior of each speaker's latent vector, a row for each speaker: mean α_s and diagonal of L_s⁻¹. */
type SpeakerModels = {
  readonly alpha: Matrix<Float64Array>;
  readonly inverseL: Matrix<Float64Array>;
};

/** Σ_t w_t γ_ts: how many embeddings belong to each speaker. */
function massOf(
  { data: gamma, columns: speakers }: Matrix<Float64Array>,
  weights: Float64Array,
): Float64Array {
  const mass = new Float64Array(speakers);
  for (let t = 0; t < weights.length; t += 1) {
    for (let s = 0; s < speakers; s += 1) mass[s]! += weights[t]! * gamma[t * speakers + s]!;
  }
  return mass;
}

type SpeakerUpdate = {
  readonly gamma: Matrix<Float64Array>;
  readonly weights: Float64Array;
  readonly rho: Matrix<Float64Array>;
  readonly phi: Float64Array;
  readonly mass: Float64Array;
  /** Speakers that are not dormant. */
  readonly alive: readonly number[];
  /** Fa / Fb */
  readonly scale: number;
};

/** Speaker models from responsibilities. */
function updateSpeakers({ alpha, inverseL }: SpeakerModels, update: SpeakerUpdate): void {
  const { gamma, weights, rho, phi, mass, alive, scale } = update;
  const { columns: dimension } = rho;
  // Σ_t w_t γ_ts ρ_t, the sum of (16)
  alpha.data.fill(0);
  for (let t = 0; t < rho.rows; t += 1) {
    for (const s of alive) {
      const weight = weights[t]! * gamma.data[t * gamma.columns + s]!;
      if (weight !== 0) addScaledRow(alpha, s, weight, rho, t);
    }
  }
  for (let i = 0; i < alpha.data.length; i += 1) {
    // L_s⁻¹ = (I + Fa/Fb Σ_t w_t γ_ts Φ)⁻¹                                                                       (17)
    inverseL.data[i] = 1 / (1 + scale * mass[Math.floor(i / dimension)]! * phi[i % dimension]!);
    // α_s = Fa/Fb L_s⁻¹ Σ_t w_t γ_ts ρ_t                                                                         (16)
    alpha.data[i]! *= scale * inverseL.data[i]!;
  }
}

/** log π_s − Fa/2 tr(Φ (L_s⁻¹ + α_s α_sᵀ)): what of (23), with the prior, is the same for every embedding. */
function speakerTermsOf(
  { alpha, inverseL }: SpeakerModels,
  phi: Float64Array,
  pi: Float64Array,
  fa: number,
): Float64Array {
  return pi.map((share, s) => {
    let trace = 0;
    for (let d = s * phi.length, i = 0; i < phi.length; i += 1, d += 1) {
      trace += (inverseL.data[d]! + alpha.data[d]! * alpha.data[d]!) * phi[i]!;
    }
    return Math.log(share + PRIOR_FLOOR) - 0.5 * fa * trace;
  });
}

type ResponsibilityUpdate = {
  readonly weights: Float64Array;
  readonly G: Float64Array;
  readonly rho: Matrix<Float64Array>;
  readonly models: SpeakerModels;
  readonly alive: readonly number[];
  readonly speakerTerms: Float64Array;
  readonly fa: number;
  readonly onTick: (() => void) | undefined;
};

/**
 * Responsibilities from speaker models.
 *
 * @returns Σ_t w_t log p(x_t)
 */
function updateResponsibilities(gamma: Matrix<Float64Array>, update: ResponsibilityUpdate): number {
  const { weights, G, rho, models, alive, speakerTerms, fa, onTick } = update;
  const { columns: speakers } = gamma;
  const logJoint = new Float64Array(speakers);
  let logEvidence = 0;
  for (let t = 0; t < rho.rows; t += 1) {
    onTick?.();
    // log π_s p(x_t|s) = log π_s + Fa (G_t + ρ_tᵀ α_s − ½ tr(Φ (L_s⁻¹ + α_s α_sᵀ)))                              (23)
    for (let s = 0; s < speakers; s += 1) logJoint[s] = fa * G[t]! + speakerTerms[s]!;
    addProducts(rho, t, models.alpha, alive, fa, logJoint);
    // p(x_t) = Σ_s π_s p(x_t|s), and γ_ts = π_s p(x_t|s) / p(x_t)
    const logMarginal = logSumExp(logJoint);
    logEvidence += weights[t]! * logMarginal;
    for (let s = 0; s < speakers; s += 1) gamma.data[t * speakers + s] = Math.exp(logJoint[s]! - logMarginal);
  }
  return logEvidence;
}

/** π_s = Σ_t w_t γ_ts / Σ_t w_t */
function updatePriors(pi: Float64Array, mass: Float64Array): void {
  const allMass = mass.reduce((sum, share) => sum + share, 0);
  for (let s = 0; s < pi.length; s += 1) pi[s] = mass[s]! / allMass;
}

/** Σ_s Σ_d (log L_sd⁻¹ − L_sd⁻¹ − α_sd² + 1) of (25) */
function divergenceOf({ alpha: { data: alpha }, inverseL: { data: inverseL } }: SpeakerModels): number {
  let divergence = 0;
  for (let i = 0; i < alpha.length; i += 1) {
    divergence += Math.log(inverseL[i]!) - inverseL[i]! - alpha[i]! * alpha[i]! + 1;
  }
  return divergence;
}

/** G_t = −½ (x_tᵀ x_t + D log 2π) of (23): log density of each embedding without a speaker. */
function frameConstants(features: Matrix<Float64Array>): Float64Array {
  return Float64Array.from(
    { length: features.rows },
    (_, t) => -0.5 * (dotRows(features, t, features, t) + features.columns * Math.log(2 * Math.PI)),
  );
}

/** ρ_t = √Φ x_t (18) */
function timesRootOfPhi(features: Matrix<Float64Array>, phi: Float64Array): Matrix<Float64Array> {
  const roots = phi.map(Math.sqrt);
  return { ...features, data: features.data.map((value, i) => value * roots[i % features.columns]!) };
}

/** out[s] += factor · ρ_tᵀ α_s for every speaker s in `alive`, four at a time to hide the latency of sums. */
function addProducts(
  rho: Matrix<Float64Array>,
  t: number,
  alpha: Matrix<Float64Array>,
  alive: readonly number[],
  factor: number,
  out: Float64Array,
): void {
  const { data, columns } = rho;
  const models = alpha.data;
  const start = t * columns;
  let index = 0;
  for (; index + 3 < alive.length; index += 4) {
    const [a, b, c, d] = [alive[index]!, alive[index + 1]!, alive[index + 2]!, alive[index + 3]!];
    let sumA = 0;
    let sumB = 0;
    let sumC = 0;
    let sumD = 0;
    for (let i = 0; i < columns; i += 1) {
      const value = data[start + i]!;
      sumA += value * models[a * columns + i]!;
      sumB += value * models[b * columns + i]!;
      sumC += value * models[c * columns + i]!;
      sumD += value * models[d * columns + i]!;
    }
    out[a]! += factor * sumA;
    out[b]! += factor * sumB;
    out[c]! += factor * sumC;
    out[d]! += factor * sumD;
  }
  for (; index < alive.length; index += 1) {
    const s = alive[index]!;
    out[s]! += factor * dotRows(rho, t, alpha, s);
  }
}

function logSumExp(values: Float64Array): number {
  const largest = largestOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}
