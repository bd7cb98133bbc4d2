/** Test 22 of the reliability list (B4 in issue 10): the clock of a machine is set an hour ahead or back. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { jsonBytes } from '../../handlers/batch/store/batch-store.ts';
import { FolderStore } from '../../handlers/batch/store/folder-store.ts';
import { lockForWriting } from '../../handlers/batch/store/writer-lock.ts';
import { DEFAULT_PLATFORM_LIMITS } from '../../handlers/runpod-dev/platform-limits.ts';
import { JobQueue } from '../../handlers/runpod-dev/queue/job-queue.ts';
import { NO_MEMORY } from '../../handlers/runpod-dev/queue/job-table.ts';
import { Payload } from '../../handlers/runpod-dev/storage/payload.ts';
import { WorkerRegistry } from '../../handlers/runpod-dev/workers/worker-registry.ts';
import { signWebhook, verifyWebhook } from '../../sdk/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR_MS = 3_600_000;
const JUMPS = [HOUR_MS, -HOUR_MS];

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

function setClock(jumpMs: number): void {
  vi.setSystemTime(Date.now() + jumpMs);
}

describe.each(JUMPS)('22: a clock that is set by %i ms', (jumpMs) => {
  it('takes no job from a worker that lives, and no worker off the list', () => {
    const ignore = (): void => undefined;
    const queue = new JobQueue({
      limits: DEFAULT_PLATFORM_LIMITS,
      memory: NO_MEMORY,
      dropPayload: ignore,
      events: { onChange: ignore, onRemoved: ignore, onFinal: ignore, onStop: ignore },
    });
    const workers = new WorkerRegistry(DEFAULT_PLATFORM_LIMITS.leaseMs);
    const input = Payload.inMemory('{}');
    const { id } = queue.submit({ input, identity: undefined, envelope: {}, isSync: false });
    workers.seen('w');
    expect(queue.take('w')?.id).toBe(id);
    setClock(jumpMs);
    queue.tick();
    expect(queue.get(id)).toMatchObject({ state: 'IN_PROGRESS', workerId: 'w', attempts: 1 });
    expect(queue.take('other')).toBeUndefined();
    expect(workers.counts(() => 1, 0)).toMatchObject({ running: 1 });
  });

  it('lets a webhook pass for five minutes either way, and for no hour', async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const body = JSON.stringify({
      schemaVersion: 1,
      type: 'job.completed',
      timestamp: '2027-01-15T08:00:00.000Z',
      data: { jobId: 'job-1', task: 'diarize', metadata: {} },
    });
    const signedAt = Math.floor(Date.now() / 1000);
    const headers = await signWebhook({ id: 'msg_1', body, secret, timestampSeconds: signedAt });
    setClock(Math.sign(jumpMs) * 4 * 60_000);
    await expect(verifyWebhook({ body, headers, secret })).resolves.toBeDefined();
    setClock(jumpMs);
    await expect(verifyWebhook({ body, headers, secret })).rejects.toThrow(/old|time|clock|minutes/i);
  });

  it('lets nobody else write where a writer lives whose clock was set', async () => {
    const store = new FolderStore(temporaryFolder());
    const signal = new AbortController().signal;
    const write = (expiresAtMs: number): Promise<void> => {
      const lease = { owner: 'the other', host: 'host', expiresAtMs };
      return store.write('lock', jsonBytes(lease));
    };
    const expiresAtMs = Date.now() + jumpMs + 120_000;
    await write(expiresAtMs);
    const asked = lockForWriting(store, 'lock', signal, { settleMs: 1, watchMs: 200 });
    asked.catch(() => undefined);
    await write(expiresAtMs + 30_000);
    await expect(asked).rejects.toMatchObject({ code: 'overloaded' });
    // And one that is not renewed is the dead's.
    const release = await lockForWriting(store, 'lock', signal, { settleMs: 1, watchMs: 1 });
    await release();
  });
});
