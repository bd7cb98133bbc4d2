/** Test 18 of the reliability list (B4 in issue 10): a job that is longer than its lease, whose worker lives. */
import { expect, it } from 'vitest';
import { DEFAULT_PLATFORM_LIMITS } from '../../handlers/runpod-dev/platform-limits.ts';
import { JobQueue } from '../../handlers/runpod-dev/queue/job-queue.ts';
import { NO_MEMORY } from '../../handlers/runpod-dev/queue/job-table.ts';
import { Payload } from '../../handlers/runpod-dev/storage/payload.ts';

const { leaseMs, executionTimeoutMs } = DEFAULT_PLATFORM_LIMITS;

function queueOfOneJob(): { queue: JobQueue; id: string; pass: (ms: number) => void } {
  let now = 1_000_000;
  const ignore = (): void => undefined;
  const queue = new JobQueue({
    limits: DEFAULT_PLATFORM_LIMITS,
    memory: NO_MEMORY,
    dropPayload: ignore,
    events: { onChange: ignore, onRemoved: ignore, onFinal: ignore, onStop: ignore },
    now: () => now,
  });
  const input = Payload.inMemory('{}');
  const { id } = queue.submit({ input, identity: undefined, envelope: {}, isSync: false });
  const pass = (ms: number): void => {
    now += ms;
    queue.tick();
  };
  return { queue, id, pass };
}

it('18: is started exactly once while its worker gives signs of life, for many leases', () => {
  const { queue, id, pass } = queueOfOneJob();
  expect(queue.take('w')?.id).toBe(id);
  const leases = Math.floor(executionTimeoutMs / leaseMs) - 1;
  expect(leases).toBeGreaterThan(50);
  for (let half = 0; half < 2 * leases; half++) {
    pass(leaseMs / 2);
    queue.ping('w', [id]);
    expect(queue.take('other')).toBeUndefined();
  }
  expect(queue.get(id)).toMatchObject({ state: 'IN_PROGRESS', workerId: 'w', attempts: 1 });
});

it('18: goes to another one lease after the last sign of life, and not before', () => {
  const { queue, id, pass } = queueOfOneJob();
  queue.take('w');
  pass(leaseMs - 1);
  expect(queue.take('other')).toBeUndefined();
  pass(1);
  expect(queue.take('other')).toMatchObject({ id, attempts: 2 });
});
