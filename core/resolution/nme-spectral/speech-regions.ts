import { roundHalfEven } from '../../timeline/sliding-window.ts';
import type { Segment } from '../../timeline/turns.ts';

/** Units a second: NeMo joins regions in whole numbers of five decimals. */
const UNITS_PER_SECOND = 10 ** 5;
/** Regions that only touch stay apart: each is taken to begin this many units later while they are joined. */
const MARGIN_UNITS = 2;

/**
 * Speech regions as NeMo joins them before it cuts them: those that overlap become one, those that touch stay apart,
 * regions of up to 0.02 ms vanish. Starts and ends are sorted each on their own, and pass through float32, so a region at
 * 20,000.12345 s begins at 20,000.123047.
 *
 * @see NeMo 2.7.3 `merge_float_intervals`
 */
export function joinRegionsLikeNemo(regions: readonly Segment[]): Segment[] {
  const intervals = regions
    .map(
      ({ startSeconds, endSeconds }) => [toUnits(startSeconds) + MARGIN_UNITS, toUnits(endSeconds)] as const,
    )
    .filter(([start, end]) => start < end);
  const starts = intervals.map(([start]) => start).sort((a, b) => a - b);
  const ends = intervals.map(([, end]) => end).sort((a, b) => a - b);
  const joined: [number, number][] = [];
  starts.forEach((start, index) => {
    const last = joined.at(-1);
    if (last !== undefined && last[1] >= start) last[1] = Math.max(last[1], ends[index]!);
    else joined.push([start, Math.max(ends[index]!, last?.[1] ?? 0)]);
  });
  return joined.map(([start, end]) => ({
    startSeconds: toSeconds(start - MARGIN_UNITS),
    endSeconds: toSeconds(end),
  }));
}

function toUnits(seconds: number): number {
  return roundHalfEven(Math.fround(seconds * UNITS_PER_SECOND));
}

function toSeconds(units: number): number {
  const { fround } = Math;
  const single = fround(units / UNITS_PER_SECOND);
  // torch's rounding to five decimals, in float32.
  return fround(roundHalfEven(fround(single * UNITS_PER_SECOND)) / UNITS_PER_SECOND);
}
