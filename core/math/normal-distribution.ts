import { normalQuantile } from './normal-quantile.ts';

const SQRT_HALF = Math.SQRT1_2;
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
/** Beyond this many standard deviations the tail is taken from its continued fraction. */
const TAIL = 5;

/** Coefficients of Cody's rational approximations of erf and erfc, highest power last. */
const ERF_NUMERATOR = [
  3.209377589138469472562e3, 3.774852376853020208137e2, 1.138641541510501556495e2, 3.161123743870565596947,
  1.85777706184603152673e-1,
] as const;
const ERF_DENOMINATOR = [
  2.844236833439170622273e3, 1.282616526077372275645e3, 2.440246379344441733056e2, 2.360129095234412093499e1,
  1,
] as const;
const ERFC_NUMERATOR = [
  1.23033935479799725272e3, 2.05107837782607146532e3, 1.71204761263407058314e3, 8.81952221241769090411e2,
  2.98635138197400131132e2, 6.61191906371416294775e1, 8.88314979438837594118, 5.6418849698867008918e-1,
  2.15311535474403846343e-8,
] as const;
const ERFC_DENOMINATOR = [
  1.23033935480374942043e3, 3.43936767414372163696e3, 4.3626190901432471582e3, 3.29079923573345962678e3,
  1.62138957456669018874e3, 5.37181101862009857509e2, 1.17693950891312499305e2, 1.57449261107098347253e1, 1,
] as const;

/**
 * 1 - erf(x), to full double precision for x up to 4; further out see `logNormalTail`.
 *
 * @see W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23, 1969
 */
export function complementaryError(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) {
    const square = size * size;
    return 1 - (x * polynomial(ERF_NUMERATOR, square)) / polynomial(ERF_DENOMINATOR, square);
  }
  const tail =
    size <= 4
      ? (Math.exp(-size * size) * polynomial(ERFC_NUMERATOR, size)) / polynomial(ERFC_DENOMINATOR, size)
      : 2 * Math.exp(logNormalTail(size * Math.SQRT2));
  return x < 0 ? 2 - tail : tail;
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((value, coefficient) => value * x + coefficient, 0);
}

/** Natural logarithm of the chance that a standard normal variable exceeds x; exact far out, where the chance is 0. */
export function logNormalTail(x: number): number {
  if (x < TAIL) return Math.log(0.5 * complementaryError(x * SQRT_HALF));
  // Laplace's continued fraction x + 1/(x + 2/(x + 3/(x + …))), from its 40th step back.
  let fraction = x;
  for (let step = 40; step > 0; step--) fraction = x + step / fraction;
  return -0.5 * x * x - HALF_LOG_TWO_PI - Math.log(fraction);
}

/** Natural logarithm of the chance that a standard normal variable lies between a and b; a < b. */
export function logNormalMass(a: number, b: number): number {
  // On the side where both tails are small, so that their difference keeps its digits.
  if (a > 0) return logDifference(logNormalTail(a), logNormalTail(b));
  if (b < 0) return logDifference(logNormalTail(-b), logNormalTail(-a));
  return Math.log1p(-Math.exp(logNormalTail(-a)) - Math.exp(logNormalTail(b)));
}

/** ln(exp(larger) - exp(smaller)). */
function logDifference(larger: number, smaller: number): number {
  return larger + Math.log1p(-Math.exp(smaller - larger));
}

/** Natural logarithm of the density at x of a normal variable. */
export function logNormalDensity(x: number, mean: number, deviation: number): number {
  const distance = (x - mean) / deviation;
  return -0.5 * distance * distance - HALF_LOG_TWO_PI - Math.log(deviation);
}

/**
 * The value that a standard normal variable between a and b stays below with this probability.
 *
 * @param a, b with 0 in [a, b]
 */
export function truncatedNormalQuantile(probability: number, a: number, b: number): number {
  const below = Math.exp(logNormalTail(-a));
  const above = Math.exp(logNormalTail(b));
  const mass = 1 - below - above;
  const lower = below + probability * mass;
  // From the nearer end, where probabilities keep their digits.
  const value = lower < 0.5 ? normalQuantile(lower) : -normalQuantile(above + (1 - probability) * mass);
  return Math.min(Math.max(value, a), b);
}
