import type { BatchPlan } from '../../handlers/batch/batch-plan.ts';
import type { ItemOutcome } from '../../handlers/batch/execute/batch-executor.ts';

/** A batch over the recordings of a `FaultyStore`. */
export const DIARIZE_PLAN: BatchPlan = {
  schemaVersion: 1,
  source: 's3://memory/in/',
  task: 'diarize',
  options: {},
  formats: ['rttm'],
  models: [],
  createdAt: '2026-11-30T00:00:00Z',
};

/** What an executor gives for a recording; its speaker tells which one it was. */
export function emptyDiarization(speaker: string): ItemOutcome {
  return {
    schemaVersion: 1,
    durationSeconds: 1,
    speakers: [],
    turns: [{ speaker, startSeconds: 0, endSeconds: 1 }],
    exclusiveTurns: [],
    models: [],
    provider: 'cpu',
    timings: {},
    warnings: [],
  };
}
