import { assignLinear } from '../../math/linear-assignment.ts';
import type { Turn } from '../../timeline/turns.ts';

/** Seconds that each pair of labels has in common. */
export function sharedSpeech(a: readonly Turn[], b: readonly Turn[]): Map<string, Map<string, number>> {
  const shared = new Map<string, Map<string, number>>();
  const others = b.toSorted((x, y) => x.startSeconds - y.startSeconds);
  // No turn is longer than the longest: what began before that cannot reach here.
  const longest = others.reduce((most, turn) => Math.max(most, turn.endSeconds - turn.startSeconds), 0);
  let first = 0;
  for (const turn of a.toSorted((x, y) => x.startSeconds - y.startSeconds)) {
    while (first < others.length && others[first]!.startSeconds < turn.startSeconds - longest) first += 1;
    for (let index = first; index < others.length; index += 1) {
      const other = others[index]!;
      if (other.startSeconds >= turn.endSeconds) break;
      const seconds =
        Math.min(turn.endSeconds, other.endSeconds) - Math.max(turn.startSeconds, other.startSeconds);
      if (seconds <= 0) continue;
      const row = shared.get(turn.speaker) ?? new Map<string, number>();
      row.set(other.speaker, (row.get(other.speaker) ?? 0) + seconds);
      shared.set(turn.speaker, row);
    }
  }
  return shared;
}

/**
 * The shown label of each speaker that a clustering found, by most speech in common over all of them together. A speaker
 * without one is not in the map.
 */
export function matchLabels(found: readonly Turn[], shown: readonly Turn[]): Map<string, string> {
  const shared = sharedSpeech(found, shown);
  const rows = [...shared.keys()];
  const columns = [...new Set([...shared.values()].flatMap((row) => [...row.keys()]))].sort();
  if (rows.length === 0 || columns.length === 0) return new Map();
  const data = Float64Array.from(
    { length: rows.length * columns.length },
    (_, index) =>
      shared.get(rows[Math.floor(index / columns.length)]!)!.get(columns[index % columns.length]!) ?? 0,
  );
  const assigned = assignLinear({ data, rows: rows.length, columns: columns.length }, { maximize: true });
  const matches = new Map<string, string>();
  assigned.forEach((column, row) => {
    if (column >= 0 && data[row * columns.length + column]! > 0) matches.set(rows[row]!, columns[column]!);
  });
  return matches;
}
