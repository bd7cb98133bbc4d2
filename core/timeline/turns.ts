/** An interval of time without a speaker. Half open: [startSeconds, endSeconds). */
export type Segment = { readonly startSeconds: number; readonly endSeconds: number };

/** An interval in which one speaker speaks. Turns of different speakers may overlap. */
export type Turn = Segment & {
  readonly speaker: string;
  /** In [0, 1]: how sure the assignment to this speaker is; absent where a source gives none. */
  readonly confidence?: number;
};

/** Order of every list of turns: start, then end, then speaker. */
export function compareTurns(a: Turn, b: Turn): number {
  return (
    a.startSeconds - b.startSeconds ||
    a.endSeconds - b.endSeconds ||
    (a.speaker < b.speaker ? -1 : a.speaker > b.speaker ? 1 : 0)
  );
}

/** Parts of turns inside an interval. */
export function turnsBetween(turns: readonly Turn[], fromSeconds: number, toSeconds: number): Turn[] {
  return turns
    .filter(({ startSeconds, endSeconds }) => startSeconds < toSeconds && endSeconds > fromSeconds)
    .map((turn) => ({
      ...turn,
      startSeconds: Math.max(turn.startSeconds, fromSeconds),
      endSeconds: Math.min(turn.endSeconds, toSeconds),
    }));
}
