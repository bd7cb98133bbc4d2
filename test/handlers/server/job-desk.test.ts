import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../core/errors.ts';
import type { DeskRequest } from '../../../handlers/server/desk/desk-job.ts';
import type { RunDeskJob } from '../../../handlers/server/desk/desk-queue.ts';
import { JobDesk, type JobDeskOptions } from '../../../handlers/server/desk/job-desk.ts';
import { JobFolders } from '../../../handlers/server/desk/job-folders.ts';
import { RecordingStore } from '../../../handlers/server/desk/recording-store.ts';
import type { JobResult } from '../../../sdk/contract/index.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const RESULT = { schemaVersion: 1, task: 'diarize', results: [], warnings: [] } as unknown as JobResult;
const OWNER = 'ana';

async function deskOf(run: RunDeskJob, more: Partial<JobDeskOptions> = {}, folder = temporaryFolder()) {
  const recordings = await RecordingStore.open(folder);
  const files = new JobFolders(folder);
  const desk = new JobDesk({ files, recordings, run, concurrency: 1, maxQueued: 2, ...more });
  await desk.restore();
  return { desk, recordings, files, folder };
}

function request(more: Partial<DeskRequest> = {}): DeskRequest {
  return { input: { task: 'diarize' }, sources: [], owner: OWNER, isKept: true, ...more };
}

/** Work that ends when it is told to, also where it was told before it began. */
function heldWork() {
  const waiting: (() => void)[] = [];
  let ahead = 0;
  const run: RunDeskJob = (_, { signal }) =>
    new Promise((resolve, reject) => {
      if (ahead > 0) {
        ahead -= 1;
        resolve(RESULT);
        return;
      }
      waiting.push(() => resolve(RESULT));
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  const finishOne = (): void => {
    const finish = waiting.shift();
    if (finish === undefined) ahead += 1;
    else finish();
  };
  return { run, finishOne, waiting };
}

async function ended(desk: JobDesk, id: string): Promise<string> {
  const events = desk.events(id, OWNER, 0, new AbortController().signal);
  while ((await events.next()).done !== true);
  return desk.get(id, OWNER).state;
}

describe('the job desk', () => {
  it('runs one after another, tells places, and refuses when the queue is full', async () => {
    const { run, finishOne } = heldWork();
    const { desk } = await deskOf(run);
    const jobs = [await desk.submit(request()), await desk.submit(request()), await desk.submit(request())];
    expect(jobs.map(({ job }) => desk.get(job.id, OWNER).state)).toEqual(['running', 'queued', 'queued']);
    expect(desk.positionOf(jobs[2]!.job.id)).toBe(2);
    await expect(desk.submit(request())).rejects.toMatchObject({ code: 'queue_full' });
    for (const { job } of jobs) {
      finishOne();
      expect(await ended(desk, job.id)).toBe('completed');
    }
  });

  it('keeps what failed as a failure, and shows others nothing', async () => {
    const { desk } = await deskOf(() => Promise.reject(new InvalidInputError('corrupt_audio', 'Damaged.')));
    const { job } = await desk.submit(request());
    expect(await ended(desk, job.id)).toBe('failed');
    expect(desk.get(job.id, OWNER).error).toMatchObject({ code: 'corrupt_audio', requestId: job.id });
    expect(() => desk.get(job.id, 'bob')).toThrow(expect.objectContaining({ code: 'not_found' }));
    await expect(desk.result(job.id, OWNER)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('cancels what waits and what runs; a job that has ended stays as it is', async () => {
    const { run, finishOne, waiting } = heldWork();
    const { desk } = await deskOf(run);
    const [first, second] = [await desk.submit(request()), await desk.submit(request())];
    expect((await desk.cancel(second.job.id, OWNER)).state).toBe('canceled');
    expect((await desk.cancel(first.job.id, OWNER)).state).toBe('canceled');
    waiting.splice(0);
    const third = await desk.submit(request());
    finishOne();
    expect(await ended(desk, third.job.id)).toBe('completed');
    expect((await desk.cancel(third.job.id, OWNER)).state).toBe('completed');
  });

  it('gives the same job for the same key and work, and refuses the key for other work', async () => {
    const { desk } = await deskOf(() => Promise.resolve(RESULT));
    const first = await desk.submit(request({ idempotencyKey: 'k' }));
    expect(await desk.submit(request({ idempotencyKey: 'k' }))).toMatchObject({
      isNew: false,
      job: { id: first.job.id },
    });
    const other = request({ idempotencyKey: 'k', input: { task: 'transcribe' } });
    await expect(desk.submit(other)).rejects.toMatchObject({ code: 'conflict' });
    expect((await desk.submit({ ...other, owner: 'bob' })).isNew).toBe(true);
  });

  it('goes on after a restart: ended jobs are there, others run', async () => {
    const { run } = heldWork();
    const folder = temporaryFolder();
    const before = await deskOf(run, {}, folder);
    const { job } = await before.desk.submit(request());
    const waiting = await before.desk.submit(request());
    await before.desk.close(0);
    const after = await deskOf(() => Promise.resolve(RESULT), {}, folder);
    expect(await ended(after.desk, job.id)).toBe('completed');
    expect(await ended(after.desk, waiting.job.id)).toBe('completed');
    const again = await deskOf(() => Promise.reject(new Error('nothing is to be run')), {}, folder);
    expect(await again.desk.result(job.id, OWNER)).toEqual(RESULT);
  });

  it('does not begin a job for ever that ends the process each time', async () => {
    const { run } = heldWork();
    const folder = temporaryFolder();
    const { job } = await (await deskOf(run, {}, folder)).desk.submit(request());
    const files = new JobFolders(folder);
    const untilBegun = async (times: number): Promise<void> => {
      while ((await files.readAll())[0]!.attempts < times)
        await new Promise((resolve) => setImmediate(resolve));
    };
    await untilBegun(1);
    // Each process is killed while it runs: nothing is closed.
    for (const times of [2, 3]) {
      await deskOf(run, {}, folder);
      await untilBegun(times);
    }
    const { desk } = await deskOf(run, {}, folder);
    expect(await ended(desk, job.id)).toBe('failed');
  });

  it('erases a job with the recordings that no other job has', async () => {
    const { desk, recordings, folder } = await deskOf(() => Promise.resolve(RESULT));
    const path = join(folder, 'upload');
    writeFileSync(path, 'sound');
    const { id } = await recordings.add(path, { name: 'a.wav', owner: OWNER });
    const jobs = [
      await desk.submit(request({ sources: [{ recording: id }] })),
      await desk.submit(request({ sources: [{ recording: id }] })),
    ];
    for (const { job } of jobs) await ended(desk, job.id);
    await desk.erase(jobs[0]!.job.id, OWNER);
    expect(recordings.list(OWNER)).toHaveLength(1);
    await desk.erase(jobs[1]!.job.id, OWNER);
    expect(recordings.list(OWNER)).toHaveLength(0);
    for (const part of ['jobs', 'recordings']) expect(readdirSync(join(folder, part))).toEqual([]);
  });

  it('keeps nothing of a call that waits, and ends its work when the caller goes', async () => {
    const { run, finishOne, waiting } = heldWork();
    const { desk, folder } = await deskOf(run);
    const gone = new AbortController();
    const lost = desk.runOnce(request(), gone.signal);
    gone.abort();
    await expect(lost).rejects.toMatchObject({ code: 'canceled' });
    const kept = desk.runOnce(request(), new AbortController().signal);
    waiting.splice(0);
    finishOne();
    expect(await kept).toEqual(RESULT);
    expect(desk.list(OWNER)).toEqual([]);
    expect(existsSync(join(folder, 'jobs')) ? readdirSync(join(folder, 'jobs')) : []).toEqual([]);
  });
});
