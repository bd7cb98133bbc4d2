import { PROTOCOL_VERSION } from './identity.ts';
import { appendQuery } from './url-template.ts';

/** URL of a heartbeat: the ids in hand, when there are any. */
export function pingUrl(baseUrl: string, jobIds: readonly string[]): string {
  return appendQuery(baseUrl, {
    ...(jobIds.length > 0 ? { job_id: jobIds.join(',') } : {}),
    runpod_version: PROTOCOL_VERSION,
  });
}

/** Longest reason that the platform is given for an unhealthy worker, in characters. */
const MAX_REASON_LENGTH = 256;

/** URL of the report that this worker will not work. */
export function unhealthyUrl(baseUrl: string, check: string, reason: string): string {
  return appendQuery(baseUrl, {
    status: 'unhealthy',
    check,
    reason: reason.slice(0, MAX_REASON_LENGTH),
    runpod_version: PROTOCOL_VERSION,
  });
}

/** Headers of a heartbeat; unlike the other calls it names no content type. */
export function pingHeaders(apiKey: string, agentName: string): Readonly<Record<string, string>> {
  return {
    authorization: apiKey,
    'user-agent': agentName,
    'accept-encoding': 'gzip, deflate',
    accept: '*/*',
  };
}
