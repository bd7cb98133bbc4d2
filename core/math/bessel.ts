/**
 * Modified Bessel function of the first kind, order 0, by its power series: to double precision for the arguments of
 * Kaiser windows (0 to about 30).
 */
export function besselI0(x: number): number {
  const quarterSquare = (x * x) / 4;
  let term = 1;
  let sum = 1;
  // Below this a term changes no bit of the sum.
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarterSquare / (k * k);
    sum += term;
  }
  return sum;
}
