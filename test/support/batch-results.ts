import type { JobResult } from '../../sdk/contract/index.ts';

/** What an executor gives for a recording; its speaker tells which one it was. */
export function emptyDiarization(speaker: string): JobResult {
  const result = {
    schemaVersion: 1,
    durationSeconds: 1,
    speakers: [],
    turns: [{ speaker, startSeconds: 0, endSeconds: 1 }],
    exclusiveTurns: [],
    warnings: [],
  };
  const job = { schemaVersion: 1, task: 'diarize', results: [{ index: 0, result }], warnings: [] };
  return job as unknown as JobResult;
}
