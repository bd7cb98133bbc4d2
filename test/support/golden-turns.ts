import type { Segment, Turn } from '../../core/timeline/turns.ts';

/** A recording of the diarization metrics' golden files: turns are [start, end, label]. */
export type GoldenRecording = {
  readonly id: string;
  readonly reference: readonly GoldenTurn[];
  readonly hypothesis: readonly GoldenTurn[];
  readonly uem: readonly (readonly [number, number])[] | null;
};

type GoldenTurn = readonly [startSeconds: number, endSeconds: number, speaker: string];

/** Turns as the metrics take them. */
export function turnsOf(turns: readonly GoldenTurn[]): Turn[] {
  return turns.map(([startSeconds, endSeconds, speaker]) => ({ startSeconds, endSeconds, speaker }));
}

/** The UEM of a recording, or `undefined` where the row is scored without. */
export function uemOf(recording: GoldenRecording, withUem: boolean): Segment[] | undefined {
  if (!withUem) return undefined;
  return recording.uem!.map(([startSeconds, endSeconds]) => ({ startSeconds, endSeconds }));
}
