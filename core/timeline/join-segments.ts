import type { Segment } from './turns.ts';

/** The union of segments: by time, without overlap; those that touch become one. */
export function joinSegments(segments: readonly Segment[]): Segment[] {
  const joined: Segment[] = [];
  for (const { startSeconds, endSeconds } of segments.toSorted((a, b) => a.startSeconds - b.startSeconds)) {
    const last = joined.at(-1);
    if (last !== undefined && startSeconds <= last.endSeconds) {
      joined[joined.length - 1] = { ...last, endSeconds: Math.max(last.endSeconds, endSeconds) };
    } else joined.push({ startSeconds, endSeconds });
  }
  return joined;
}
