/**
 * A number with a fixed count of decimals, rounded as C's `printf` and Python's `%.3f` do: to the nearest decimal of
 * the double's exact value, halves to the even digit.
 *
 * `toFixed` rounds the exact value too but takes halves away from zero: 0.0625 is 0.062 here, 0.063 there.
 *
 * @param value finite
 * @param digits 0 to 20
 */
export function formatFixed(value: number, digits: number): string {
  // value × 10^digits lies exactly between two integers only if value is an odd multiple of 2^-(digits + 1).
  const halves = value * 2 ** (digits + 1);
  if (!Number.isInteger(halves) || halves % 2 === 0) return value.toFixed(digits);
  const twice = BigInt(Math.abs(halves)) * 5n ** BigInt(digits);
  const lower = (twice - 1n) / 2n;
  const even = lower % 2n === 0n ? lower : lower + 1n;
  const text = even.toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const sign = value < 0 ? '-' : '';
  return digits === 0 ? sign + whole : `${sign}${whole}.${text.slice(-digits)}`;
}
