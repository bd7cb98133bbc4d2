import type { JobProgress } from '../page-types.ts';

/** How much of its time a job spends in a stage that can be measured; others pass quickly. */
const LONG_STAGES = new Set(['observe', 'recognise', 'transcribe', 'diarize', 'decode', 'embed', 'measure']);

/** When a stage was first heard of, and how far it was. */
export type StageStart = { readonly stage: string; readonly atMs: number; readonly done: number };

/** The start of the stage that a job is in. */
export function stageStartOf(
  before: StageStart | undefined,
  progress: JobProgress,
  nowMs: number,
): StageStart {
  return before?.stage === progress.stage
    ? before
    : { stage: progress.stage, atMs: nowMs, done: progress.done };
}

/**
 * Seconds until the stage is done, by its speed since it began; `undefined` while that is a guess.
 */
export function secondsLeft(
  start: StageStart,
  { stage, done, total }: JobProgress,
  nowMs: number,
): number | undefined {
  const elapsed = (nowMs - start.atMs) / 1000;
  if (!LONG_STAGES.has(stage) || total === null || elapsed < 2 || done <= start.done) return undefined;
  return Math.max(0, total - done) / ((done - start.done) / elapsed);
}
