import { joinSegments } from '../../timeline/join-segments.ts';
import { compareTurns, type Segment, type Turn } from '../../timeline/turns.ts';

/** Turns after two labels became one: what overlaps or touches is one turn. */
export function mergeTurns(turns: readonly Turn[], from: string, into: string): Turn[] {
  if (!turns.some(({ speaker }) => speaker === from)) return [...turns];
  const own = turns.filter(({ speaker }) => speaker === from || speaker === into);
  const others = turns.filter(({ speaker }) => speaker !== from && speaker !== into);
  return [...others, ...joinedTurns(own, into)].sort(compareTurns);
}

/** Turns after a stretch of time changed its speaker; `null` is nobody. */
export function reassignTurns(
  turns: readonly Turn[],
  span: Segment,
  from: string | null,
  to: string,
): Turn[] {
  const kept = turns.flatMap((turn) => (turn.speaker === from ? without(turn, span) : [turn]));
  const others = kept.filter(({ speaker }) => speaker !== to);
  const own = kept.filter(({ speaker }) => speaker === to);
  return [...others, ...joinedTurns([...own, { ...span, speaker: to }], to)].sort(compareTurns);
}

/** A union keeps the confidence of turns that it left as they are. */
function joinedTurns(turns: readonly Turn[], speaker: string): Turn[] {
  return joinSegments(turns).map((joined) => {
    const same = turns.find(
      (turn) => turn.startSeconds === joined.startSeconds && turn.endSeconds === joined.endSeconds,
    );
    return { ...(same ?? joined), speaker };
  });
}

function without(turn: Turn, { startSeconds, endSeconds }: Segment): Turn[] {
  if (turn.endSeconds <= startSeconds || turn.startSeconds >= endSeconds) return [turn];
  const parts = [
    { ...turn, endSeconds: startSeconds },
    { ...turn, startSeconds: endSeconds },
  ];
  return parts.filter((part) => part.endSeconds > part.startSeconds);
}
