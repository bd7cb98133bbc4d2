import type { HeardWindow } from './live-windows.ts';

/** The activity of a window with nobody before its last seconds. */
export function lastSeconds(
  { activity, geometry }: Pick<HeardWindow, 'activity' | 'geometry'>,
  seconds: number,
): Uint8Array {
  const frames = Math.min(activity.length, Math.round(seconds / geometry.frameGrid.stepSeconds));
  const last = new Uint8Array(activity.length);
  last.set(activity.subarray(activity.length - frames), activity.length - frames);
  return last;
}
