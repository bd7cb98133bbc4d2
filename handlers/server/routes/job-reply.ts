import type { JobResult, StreamEvent } from '../../../sdk/contract/index.ts';
import { SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import { isOverJob, type DeskJob } from '../desk/desk-job.ts';
import type { ServerContext } from '../server-context.ts';

/** A job as the contract writes it. */
export function jobReply(
  job: DeskJob,
  { desk, keepSeconds }: ServerContext,
  output?: JobResult,
): Record<string, unknown> {
  const position = desk.positionOf(job.id);
  const progress: StreamEvent | undefined = isOverJob(job) ? undefined : desk.progressOf(job.id);
  const { id, state, task, error } = job;
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    state,
    task,
    createdAt: new Date(job.createdAtMs).toISOString(),
    ...(job.endedAtMs === undefined || keepSeconds === Infinity
      ? {}
      : { expiresAt: new Date(job.endedAtMs + keepSeconds * 1000).toISOString() }),
    ...(position === undefined ? {} : { position }),
    ...(progress === undefined ? {} : { progress }),
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    recordings: job.recordings,
  };
}
