import { joinSegments } from './join-segments.ts';
import type { Segment, Turn } from './turns.ts';

/** Where this speaker speaks and nobody else does, by time. */
export function aloneOf(turns: readonly Turn[], speaker: string): Segment[] {
  const own = joinSegments(turns.filter((turn) => turn.speaker === speaker));
  const others = joinSegments(turns.filter((turn) => turn.speaker !== speaker));
  return own.flatMap((segment) => without(segment, others));
}

/** The parts of a segment that others leave. @param others by time, without overlap */
function without(segment: Segment, others: readonly Segment[]): Segment[] {
  const left: Segment[] = [];
  let { startSeconds } = segment;
  for (const other of others) {
    if (other.endSeconds <= startSeconds) continue;
    if (other.startSeconds >= segment.endSeconds) break;
    if (other.startSeconds > startSeconds) left.push({ startSeconds, endSeconds: other.startSeconds });
    startSeconds = Math.min(segment.endSeconds, other.endSeconds);
  }
  if (startSeconds < segment.endSeconds) left.push({ startSeconds, endSeconds: segment.endSeconds });
  return left;
}
