import type { ItemOutcome } from '../../handlers/batch/execute/batch-executor.ts';

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
