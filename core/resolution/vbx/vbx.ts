import type { Matrix } from '../../math/matrix.ts';

export type VbxOptions = {
  /** Fa in the paper. */
  readonly statisticsScale: number;
  /** Fb in the paper. */
  readonly speakerRegularization: number;
  readonly maxIterations: number;
  readonly minImprovement: number;
  /** How many embeddings each row stands for, as their mean; default 1 each. */
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
 * Letters are those of the paper. x: features, ρ = x √Φ, y_s ~ N(α_s, L_s⁻¹): model of speaker s.
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
  const gamma = initial.data;
  const pi = new Float64Array(speakers).fill(1 / speakers);
  const constant = frameConstants(features);
  const rho = timesRootOfPhi(features, phi);
  const alpha = new Float64Array(speakers * dimension);
  const inverseL = new Float64Array(speakers * dimension);
  const bias = new Float64Array(speakers);
  const logLikelihood = new Float64Array(speakers);
  const evidence: number[] = [];
  let mass = massOf(gamma, speakers, weights);

  for (let iteration = 0; iteration < options.maxIterations; iteration += 1) {
    const alive = [...mass.keys()].filter((s) => mass[s]! >= DORMANT_MASS);
    updateSpeakers({ gamma, weights, rho, phi, mass, alive, scale: fa / fb }, alpha, inverseL);
    // The part of (23) that is the same for every embedding, with the prior.
    for (let s = 0; s < speakers; s += 1) {
      let sum = 0;
      for (let d = s * dimension, i = 0; i < dimension; i += 1, d += 1) {
        sum += (inverseL[d]! + alpha[d]! * alpha[d]!) * phi[i]!;
      }
      bias[s] = Math.log(pi[s]! + PRIOR_FLOOR) - 0.5 * fa * sum;
    }
    let total = 0;
    for (let t = 0; t < count; t += 1) {
      onTick?.();
      // (23)
      for (let s = 0; s < speakers; s += 1) logLikelihood[s] = fa * constant[t]! + bias[s]!;
      addProducts(rho, t, alpha, alive, fa, logLikelihood);
      const marginal = logSumExp(logLikelihood);
      total += weights[t]! * marginal;
      for (let s = 0; s < speakers; s += 1) gamma[t * speakers + s] = Math.exp(logLikelihood[s]! - marginal);
    }
    mass = massOf(gamma, speakers, weights);
    const allMass = mass.reduce((sum, share) => sum + share, 0);
    for (let s = 0; s < speakers; s += 1) pi[s] = mass[s]! / allMass;

    // (25)
    let divergence = 0;
    for (let i = 0; i < alpha.length; i += 1) {
      divergence += Math.log(inverseL[i]!) - inverseL[i]! - alpha[i]! * alpha[i]! + 1;
    }
    evidence.push(total + 0.5 * fb * divergence);
    if (iteration > 0 && evidence[iteration]! - evidence[iteration - 1]! < options.minImprovement) break;
  }
  return { responsibilities: { data: gamma, rows: count, columns: speakers }, priors: pi, evidence };
}

/** How many embeddings belong to each speaker. */
function massOf(gamma: Float64Array, speakers: number, weights: Float64Array): Float64Array {
  const mass = new Float64Array(speakers);
  for (let t = 0; t < weights.length; t += 1) {
    for (let s = 0; s < speakers; s += 1) mass[s]! += weights[t]! * gamma[t * speakers + s]!;
  }
  return mass;
}

type SpeakerUpdate = {
  readonly gamma: Float64Array;
  readonly weights: Float64Array;
  readonly rho: Matrix<Float64Array>;
  readonly phi: Float64Array;
  readonly mass: Float64Array;
  /** Speakers that are not dormant. */
  readonly alive: readonly number[];
  /** Fa / Fb */
  readonly scale: number;
};

/** Speaker models from responsibilities: (17) and (16). */
function updateSpeakers(update: SpeakerUpdate, alpha: Float64Array, inverseL: Float64Array): void {
  const { gamma, weights, rho, phi, mass, alive, scale } = update;
  const { rows: count, columns: dimension, data } = rho;
  alpha.fill(0);
  for (let t = 0; t < count; t += 1) {
    for (const s of alive) {
      const weight = weights[t]! * gamma[t * mass.length + s]!;
      if (weight === 0) continue;
      for (let i = t * dimension, a = s * dimension, end = i + dimension; i < end; i += 1, a += 1) {
        alpha[a]! += weight * data[i]!;
      }
    }
  }
  for (let i = 0; i < alpha.length; i += 1) {
    inverseL[i] = 1 / (1 + scale * mass[Math.floor(i / dimension)]! * phi[i % dimension]!);
    alpha[i]! *= scale * inverseL[i]!;
  }
}

/** G of (23): log density of each embedding without a speaker. */
function frameConstants({ data, rows, columns }: Matrix<Float64Array>): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let squares = 0;
    for (let i = row * columns; i < (row + 1) * columns; i += 1) squares += data[i]! * data[i]!;
    return -0.5 * (squares + columns * Math.log(2 * Math.PI));
  });
}

/** ρ of (18). */
function timesRootOfPhi(features: Matrix<Float64Array>, phi: Float64Array): Matrix<Float64Array> {
  const roots = phi.map(Math.sqrt);
  return { ...features, data: features.data.map((value, i) => value * roots[i % features.columns]!) };
}

/** out[s] += factor · (row t of ρ) · α_s for every speaker s in `alive`, four at a time to hide the latency of sums. */
function addProducts(
  { data, columns }: Matrix<Float64Array>,
  t: number,
  alpha: Float64Array,
  alive: readonly number[],
  factor: number,
  out: Float64Array,
): void {
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
      sumA += value * alpha[a * columns + i]!;
      sumB += value * alpha[b * columns + i]!;
      sumC += value * alpha[c * columns + i]!;
      sumD += value * alpha[d * columns + i]!;
    }
    out[a]! += factor * sumA;
    out[b]! += factor * sumB;
    out[c]! += factor * sumC;
    out[d]! += factor * sumD;
  }
  for (; index < alive.length; index += 1) {
    const s = alive[index]!;
    let sum = 0;
    for (let i = 0; i < columns; i += 1) sum += data[start + i]! * alpha[s * columns + i]!;
    out[s]! += factor * sum;
  }
}

function logSumExp(values: Float64Array): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i += 1) if (values[i]! > largest) largest = values[i]!;
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}
