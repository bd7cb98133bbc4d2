import { describe, expect, it } from 'vitest';
import { parseWorkerEnvironment } from '../../../handlers/runpod/environment.ts';

describe('parseWorkerEnvironment', () => {
  it('has defaults for all that the platform may leave out', () => {
    const environment = parseWorkerEnvironment({ RUNPOD_POD_ID: '', RUNPOD_AI_API_KEY: undefined });
    expect(environment).toMatchObject({
      takeTemplate: undefined,
      pingIntervalMs: 10_000,
      apiKey: '',
      workerIdIsGiven: false,
      hostname: 'unknown',
      logLevel: 'INFO',
    });
    expect(environment.workerId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['10000', 10_000],
    ['1999', 1_000],
    ['500', 1_000],
    ['0', 1_000],
  ])('reads a ping interval of %s ms as %d ms', (text, ms) => {
    expect(parseWorkerEnvironment({ RUNPOD_PING_INTERVAL: text }).pingIntervalMs).toBe(ms);
  });

  it.each([
    ['RUNPOD_PING_INTERVAL', 'soon'],
    ['RUNPOD_LOG_LEVEL', 'LOUD'],
    ['RUNPOD_WEBHOOK_GET_JOB', 'file:///etc/passwd'],
  ])('refuses %s=%s and names the rule', (name, value) => {
    expect(() => parseWorkerEnvironment({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'configuration_invalid' }) as Error,
    );
  });
});
