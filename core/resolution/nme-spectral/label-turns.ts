import type { Segment } from '../../timeline/turns.ts';

/** A segment and the cluster it belongs to. */
export type LabelledSegment = Segment & { readonly cluster: number };

/**
 * Segments without overlap: neighbours that overlap meet in the middle of it.
 *
 * A segment inside another ends before it begins, as in the original.
 *
 * @param segments in order of the session
 * @see NeMo 2.7.3 `get_contiguous_stamps`
 */
export function meetHalfway(segments: readonly LabelledSegment[]): LabelledSegment[] {
  const met = segments.map((segment) => ({ ...segment }));
  for (let index = 0; index + 1 < met.length; index++) {
    const current = met[index]!;
    const next = met[index + 1]!;
    if (current.endSeconds <= next.startSeconds) continue;
    const middle = (next.startSeconds + current.endSeconds) / 2;
    current.endSeconds = middle;
    next.startSeconds = middle;
  }
  return met;
}

/**
 * Neighbours of one cluster become one turn where one begins exactly at the end of the other.
 *
 * @see NeMo 2.7.3 `merge_stamps`
 */
export function joinTouching(segments: readonly LabelledSegment[]): LabelledSegment[] {
  const joined: LabelledSegment[] = [];
  for (const segment of segments) {
    const last = joined.at(-1);
    if (last?.cluster === segment.cluster && last.endSeconds === segment.startSeconds) {
      joined[joined.length - 1] = { ...last, endSeconds: segment.endSeconds };
    } else joined.push(segment);
  }
  return joined;
}
