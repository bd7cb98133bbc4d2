import type { Matrix } from '../math/matrix.ts';

export type VbxOptions = {
  /** Fa in the paper. */
  readonly statisticsScale: number;
  /** Fb in the paper. */
  readonly speakerRegularization: number;
  readonly maxIterations: number;
  readonly minImprovement: number;
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

  for (let iteration = 0; iteration < options.maxIterations; iteration += 1) {
    updateSpeakers(gamma, rho, phi, fa / fb, alpha, inverseL);
    // The part of (23) that is the same for every embedding, with the prior.
    for (let s = 0; s < speakers; s += 1) {
      let sum = 0;
      for (let d = s * dimension, i = 0; i < dimension; i += 1, d += 1) {
        sum += (inverseL[d]! + alpha[d]! * alpha[d]!) * phi[i]!;
      }
      bias[s] = Math.log(pi[s]! + PRIOR_FLOOR) - 0.5 * fa * sum;
    }
    pi.fill(0);
    let total = 0;
    for (let t = 0; t < count; t += 1) {
      onTick?.();
      for (let s = 0; s < speakers; s += 1) {
        // (23)
        logLikelihood[s] = fa * (dotAt(rho, t, alpha, s, dimension) + constant[t]!) + bias[s]!;
      }
      const marginal = logSumExp(logLikelihood);
      total += marginal;
      for (let s = 0; s < speakers; s += 1) {
        const responsibility = Math.exp(logLikelihood[s]! - marginal);
        gamma[t * speakers + s] = responsibility;
        pi[s]! += responsibility;
      }
    }
    const mass = pi.reduce((sum, share) => sum + share, 0);
    for (let s = 0; s < speakers; s += 1) pi[s]! /= mass;

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

/** Speaker models from responsibilities: (17) and (16). */
function updateSpeakers(
  gamma: Float64Array,
  rho: Matrix<Float64Array>,
  phi: Float64Array,
  scale: number,
  alpha: Float64Array,
  inverseL: Float64Array,
): void {
  const { rows: count, columns: dimension, data } = rho;
  const speakers = alpha.length / dimension;
  const mass = new Float64Array(speakers);
  alpha.fill(0);
  for (let t = 0; t < count; t += 1) {
    for (let s = 0; s < speakers; s += 1) {
      const responsibility = gamma[t * speakers + s]!;
      if (responsibility === 0) continue;
      mass[s]! += responsibility;
      const start = s * dimension;
      for (let i = 0; i < dimension; i += 1) alpha[start + i]! += responsibility * data[t * dimension + i]!;
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

function dotAt(
  a: Matrix<Float64Array>,
  rowA: number,
  b: Float64Array,
  rowB: number,
  dimension: number,
): number {
  const { data } = a;
  let sum = 0;
  for (let i = rowA * dimension, j = rowB * dimension, end = i + dimension; i < end; i += 1, j += 1) {
    sum += data[i]! * b[j]!;
  }
  return sum;
}

function logSumExp(values: Float64Array): number {
  let largest = -Infinity;
  for (let i = 0; i < values.length; i += 1) if (values[i]! > largest) largest = values[i]!;
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += Math.exp(values[i]! - largest);
  return largest + Math.log(sum);
}
