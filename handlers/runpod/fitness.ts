import type { WorkerEnvironment } from './environment.ts';
import { userAgent } from './platform/identity.ts';
import type { WorkerLog } from './log.ts';
import { pingHeaders, unhealthyUrl } from './platform/ping-request.ts';
import { createPlatformAgent, sendToPlatform } from './platform/platform-http.ts';
import { workerUrl } from './platform/url-template.ts';

/** Something that must hold before the worker takes a job: models loaded, ffmpeg there, room on the disk. */
export type FitnessCheck = {
  /** Shown to the operator; letters, digits and underscores. */
  readonly name: string;
  /** Throws when the worker is not fit. The message is shown to the operator. */
  readonly run: () => void | Promise<void>;
};

/** The first check that failed. */
export type Unfit = { readonly check: string; readonly reason: string };

/** Runs the checks one after the other; `undefined` when all hold. */
export async function runFitnessChecks(
  checks: readonly FitnessCheck[],
  log: WorkerLog,
): Promise<Unfit | undefined> {
  for (const check of checks) {
    try {
      await check.run();
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : 'Error: unknown';
      log('ERROR', `Fitness check failed: ${check.name} | ${reason}`);
      return { check: check.name, reason };
    }
  }
  if (checks.length > 0) log('INFO', `All ${checks.length} fitness checks passed.`);
  return undefined;
}

/** Tells the platform, once and within a short time, why this worker will not work. */
export async function reportUnhealthy(
  unfit: Unfit,
  environment: WorkerEnvironment,
  timeoutMs: number,
): Promise<void> {
  const { pingTemplate, apiKey, workerId, workerIdIsGiven } = environment;
  if (pingTemplate === undefined || apiKey === '' || !workerIdIsGiven) return;
  const agent = createPlatformAgent();
  await sendToPlatform(agent, {
    method: 'GET',
    url: unhealthyUrl(workerUrl(pingTemplate, workerId), unfit.check, unfit.reason),
    headers: pingHeaders(apiKey, userAgent(environment.integration)),
    timeoutMs,
  });
  void agent.destroy();
}
