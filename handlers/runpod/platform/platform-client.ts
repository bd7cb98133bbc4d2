import type { Agent } from 'undici';
import { DependencyError } from '../../../core/errors.ts';
import type { WorkerEnvironment } from '../environment.ts';
import { userAgent } from './identity.ts';
import { createPlatformAgent, sendToPlatform, type PlatformReply } from './platform-http.ts';
import { appendQuery, jobUrl, replaceTakeSegment, workerUrl } from './url-template.ts';

/** The calls of a queue worker, with the headers and parameters that the platform is used to. */
export type PlatformClient = {
  /** Long poll for up to `count` jobs. */
  take(count: number, busy: boolean, signal: AbortSignal): Promise<PlatformReply>;
  /** Long poll for jobs to stop; `undefined` where the platform has no such channel. */
  readonly stop: ((signal: AbortSignal) => Promise<PlatformReply>) | undefined;
  /** A final result or a progress update. */
  postOutput(jobId: string, body: string, isStream: boolean, signal?: AbortSignal): Promise<PlatformReply>;
  postChunk(jobId: string, body: string): Promise<PlatformReply>;
  close(): void;
};

export type PlatformClientTimeouts = { readonly pollTimeoutMs: number; readonly postTimeoutMs: number };

/** @throws DependencyError `configuration_invalid` when the platform gave no job-take or job-done template */
export function createPlatformClient(
  environment: WorkerEnvironment,
  timeouts: PlatformClientTimeouts,
): PlatformClient {
  const { takeTemplate, outputTemplate, streamTemplate, workerId } = environment;
  if (takeTemplate === undefined || outputTemplate === undefined) {
    throw new DependencyError(
      'configuration_invalid',
      'RUNPOD_WEBHOOK_GET_JOB and RUNPOD_WEBHOOK_POST_OUTPUT must be set for a queue worker.',
    );
  }
  const agent: Agent = createPlatformAgent();
  const common = {
    authorization: environment.apiKey,
    'user-agent': userAgent(environment.integration),
    'accept-encoding': 'gzip, deflate',
    accept: '*/*',
  };
  const takeUrl = workerUrl(takeTemplate, workerId);
  const batchUrl = replaceTakeSegment(takeUrl, 'job-take-batch') ?? takeUrl;
  const stopUrl = replaceTakeSegment(takeUrl, 'job-stop');
  const poll = (url: string, signal: AbortSignal): Promise<PlatformReply> =>
    sendToPlatform(agent, {
      method: 'GET',
      url,
      headers: { 'content-type': 'application/json', ...common },
      timeoutMs: timeouts.pollTimeoutMs,
      signal,
    });
  const post = (
    template: string,
    jobId: string,
    body: string,
    isStream: boolean,
    signal?: AbortSignal,
  ): Promise<PlatformReply> =>
    sendToPlatform(agent, {
      method: 'POST',
      url: appendQuery(jobUrl(template, workerId, jobId), { isStream: String(isStream) }),
      // The body is JSON all the same: this is what the platform has always been sent.
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        charset: 'utf-8',
        'x-request-id': jobId,
        ...common,
      },
      body,
      timeoutMs: timeouts.postTimeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
  return {
    take: (count, busy, signal) => {
      const inProgress = { job_in_progress: busy ? '1' : '0' };
      const url =
        count > 1
          ? appendQuery(batchUrl, { batch_size: String(count), ...inProgress })
          : appendQuery(takeUrl, inProgress);
      return poll(url, signal);
    },
    stop: stopUrl === undefined ? undefined : (signal) => poll(stopUrl, signal),
    postOutput: (jobId, body, isStream, signal) => post(outputTemplate, jobId, body, isStream, signal),
    postChunk: (jobId, body) => post(streamTemplate ?? outputTemplate, jobId, body, false),
    close: () => void agent.destroy(),
  };
}
