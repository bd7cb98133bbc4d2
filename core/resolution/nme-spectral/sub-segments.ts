import type { Segment } from '../../timeline/turns.ts';

/** Length and spacing of the segments of one scale. */
export type Scale = { readonly windowSeconds: number; readonly shiftSeconds: number };

/** Shorter segments are left out, this one included. */
const SHORTEST_SECONDS = 0.05;

/** A segment of one scale. */
export type SubSegment = { readonly startSeconds: number; readonly durationSeconds: number };

/**
 * The segments of one scale over a speech region, as NeMo's diarizer cuts it: windows every `shiftSeconds`, as many as
 * it takes to reach the end, the last ones shorter. Doubles throughout.
 *
 * @see NeMo 2.7.3 `get_subsegments_scriptable` (`get_subsegments`, which papers describe, is not what runs)
 */
export function cutRegion({ startSeconds, endSeconds }: Segment, scale: Scale): SubSegment[] {
  return cutDuration(startSeconds, endSeconds - startSeconds, scale);
}

/** The same for a region given by its start and length. */
export function cutDuration(
  offsetSeconds: number,
  durationSeconds: number,
  { windowSeconds, shiftSeconds }: Scale,
): SubSegment[] {
  const beyondFirst = Math.ceil((durationSeconds - windowSeconds) / shiftSeconds);
  const count = beyondFirst < 0 ? 1 : beyondFirst + 1;
  const endSeconds = offsetSeconds + durationSeconds;
  return Array.from({ length: count }, (_, index) => {
    const startSeconds = offsetSeconds + index * shiftSeconds;
    const cut = Math.min(startSeconds + windowSeconds, endSeconds);
    return { startSeconds, durationSeconds: cut - startSeconds };
  }).filter((segment) => segment.durationSeconds > SHORTEST_SECONDS);
}
