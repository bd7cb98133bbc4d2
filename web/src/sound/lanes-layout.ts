import type { Turn } from '../../../core/timeline/turns.ts';

/** A stretch of a lane on the canvas, in CSS pixels. */
export type Bar = { readonly lane: number; readonly x: number; readonly width: number };

/** What is seen: a part of the recording over this many pixels. */
export type Window = { readonly startSeconds: number; readonly endSeconds: number; readonly width: number };

/** Less would not be seen. */
const MIN_BAR_PIXELS = 1;

/**
 * The turns that are in sight, as bars: one lane a speaker. Neighbours that would be less than a pixel apart become one
 * bar, so that a day costs no more than a minute.
 *
 * @param turns by start
 */
export function barsOf(turns: readonly Turn[], labels: readonly string[], window: Window): Bar[] {
  const { startSeconds, endSeconds, width } = window;
  const seconds = endSeconds - startSeconds;
  if (seconds <= 0 || width <= 0) return [];
  const lanes = new Map(labels.map((label, lane) => [label, lane]));
  const last = new Map<number, { x: number; end: number }>();
  const bars: Bar[] = [];
  const close = (lane: number, { x, end }: { x: number; end: number }): void => {
    bars.push({ lane, x, width: Math.max(MIN_BAR_PIXELS, end - x) });
  };
  for (const turn of turns) {
    const lane = lanes.get(turn.speaker);
    if (lane === undefined || turn.endSeconds <= startSeconds || turn.startSeconds >= endSeconds) continue;
    const x = ((Math.max(turn.startSeconds, startSeconds) - startSeconds) / seconds) * width;
    const end = ((Math.min(turn.endSeconds, endSeconds) - startSeconds) / seconds) * width;
    const open = last.get(lane);
    if (open !== undefined && x - open.end < MIN_BAR_PIXELS) open.end = Math.max(open.end, end);
    else {
      if (open !== undefined) close(lane, open);
      last.set(lane, { x, end });
    }
  }
  for (const [lane, open] of last) close(lane, open);
  return bars.sort((a, b) => a.lane - b.lane || a.x - b.x);
}

/** Seconds between marks of the time axis, so that they stand at least so many pixels apart. */
export function tickSeconds(window: Window, minPixels = 70): number {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];
  const least = ((window.endSeconds - window.startSeconds) / window.width) * minPixels;
  return steps.find((step) => step >= least) ?? 28_800;
}
