import type { BodyPiece } from '../../work/http/http-reply.ts';
import type { JobRecord } from '../queue/job-record.ts';
import { Payload } from '../storage/payload.ts';

/** Members of a JSON object: payloads go out as they came in, everything else is small. */
type Members = Readonly<Record<string, Payload | string | number | object | undefined>>;

/** The job as `/status` shows it. */
export function statusView(job: JobRecord): BodyPiece[] {
  return objectPieces(statusMembers(job));
}

/** The job as its webhook gets it: its status, and what was asked for. */
export function webhookView(job: JobRecord): BodyPiece[] {
  return objectPieces({ ...statusMembers(job), input: job.input, webhook: job.webhook });
}

/** The job as a worker takes it. */
export function workerView(job: JobRecord): BodyPiece[] {
  return objectPieces({ id: job.id, input: job.input, ...job.envelope });
}

/** What `/stream` gives: the state, and streamed values since the last call. */
export function streamView(status: string, chunks: readonly Payload[]): BodyPiece[] {
  const values = chunks.map((output) => objectPieces({ output }));
  return ['{"status":', JSON.stringify(status), ',"stream":', ...listPieces(values), '}'];
}

/** A JSON list of what already is JSON. */
export function listPieces(items: readonly (readonly BodyPiece[])[]): BodyPiece[] {
  return ['[', ...items.flatMap((item, index) => (index === 0 ? item : [',', ...item])), ']'];
}

function statusMembers(job: JobRecord): Members {
  const { startedMs, endedMs } = job;
  return {
    delayTime: startedMs === undefined ? undefined : Math.round(startedMs - job.createdMs),
    error: job.error,
    executionTime:
      endedMs === undefined || startedMs === undefined ? undefined : Math.round(endedMs - startedMs),
    id: job.id,
    output: job.output,
    retries: job.retries === 0 ? undefined : job.retries,
    status: job.state,
    workerId: job.workerId,
  };
}

function objectPieces(members: Members): BodyPiece[] {
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  const pieces = present.flatMap(([name, value], index): BodyPiece[] => [
    `${index === 0 ? '' : ','}${JSON.stringify(name)}:`,
    value instanceof Payload ? value : JSON.stringify(value),
  ]);
  return ['{', ...pieces, '}'];
}
