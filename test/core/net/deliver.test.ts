import { describe, expect, it } from 'vitest';
import { deliver, DELIVERY_SCHEDULE, type DeliveryTry } from '../../../core/net/deliver.ts';
import { fakeClock } from '../../handlers/runpod/fake-platform.ts';

async function run(tries: readonly DeliveryTry<string>[], signal = new AbortController().signal) {
  const clock = fakeClock();
  const failures: string[] = [];
  let slowAfter: number | undefined;
  let attempts = 0;
  const outcome = await deliver(() => Promise.resolve(tries[Math.min(attempts++, tries.length - 1)]!), {
    schedule: DELIVERY_SCHEDULE,
    clock,
    signal,
    onSlow: () => (slowAfter ??= attempts),
    onFailure: (reason) => failures.push(reason),
  });
  return { outcome, attempts, failures, slowAfter, waits: clock.sleeps.map((ms) => Math.floor(ms / 1000)) };
}

const delivered = { kind: 'delivered', value: 'ok' } as const;
const passing = { kind: 'passing', reason: 'HTTP 503' } as const;
const refused = { kind: 'refused', reason: 'HTTP 403' } as const;

describe('deliver', () => {
  it('is done at the first try that works', async () => {
    expect(await run([delivered])).toMatchObject({
      outcome: delivered,
      attempts: 1,
      waits: [],
      failures: [],
    });
    const third = await run([passing, passing, delivered]);
    expect(third).toMatchObject({ outcome: delivered, attempts: 3, waits: [2, 3], slowAfter: undefined });
    expect(third.failures).toEqual(['HTTP 503', 'HTTP 503']);
  });

  it('is slow after three failures that pass, and after one refusal', async () => {
    expect((await run([passing, passing, passing, delivered])).slowAfter).toBe(3);
    expect((await run([refused, delivered])).slowAfter).toBe(1);
  });

  it('waits as it is asked to', async () => {
    expect((await run([{ ...passing, waitMs: 41_000 }, delivered])).waits).toEqual([41]);
  });

  it('gives up what cannot be, at once', async () => {
    const { outcome, attempts } = await run([{ kind: 'final', reason: 'HTTP 400' }]);
    expect(outcome).toEqual({ kind: 'given up', reason: 'HTTP 400', attempts: 1, passing: false });
    expect(attempts).toBe(1);
  });

  it('gives up after ten minutes, after one where it is refused, and at the end of the signal', async () => {
    const total = (waits: readonly number[]): number => waits.reduce((sum, seconds) => sum + seconds, 0);
    const long = await run([passing]);
    expect(long.outcome).toMatchObject({ kind: 'given up', passing: true });
    expect(total(long.waits)).toBeGreaterThan(540);
    const short = await run([refused]);
    expect(short.outcome).toMatchObject({ kind: 'given up', passing: false });
    expect(total(short.waits)).toBeLessThan(60);
    expect((await run([passing], AbortSignal.abort())).attempts).toBe(1);
  });
});
