/**
 * Milliseconds since 1970 by a clock that nobody sets: right when the process starts, never set back or ahead after.
 * Leases, deadlines and waits hold by it when the clock of the machine is corrected.
 */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}
