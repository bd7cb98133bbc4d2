import { describe, expect, it } from 'vitest';
import { statusView, workerView } from '../../../../handlers/runpod-dev/api/views.ts';
import { DEFAULT_PLATFORM_LIMITS } from '../../../../handlers/runpod-dev/platform-limits.ts';
import { JobQueue } from '../../../../handlers/runpod-dev/queue/job-queue.ts';
import { identityOf, type JobRecord } from '../../../../handlers/runpod-dev/queue/job-record.ts';
import { NO_MEMORY, type JobMemory } from '../../../../handlers/runpod-dev/queue/job-table.ts';
import { Payload } from '../../../../handlers/runpod-dev/storage/payload.ts';
import { bodyTextOf, type BodyPiece } from '../../../../handlers/work/http/http-reply.ts';

function queueAt({ memory = NO_MEMORY, maxKeptBytes = 1e9 } = {}): {
  queue: JobQueue;
  pass: (ms: number) => void;
  events: string[];
  dropped: string[];
} {
  let now = 1_000_000;
  const events: string[] = [];
  const dropped: string[] = [];
  const queue = new JobQueue({
    limits: { ...DEFAULT_PLATFORM_LIMITS, maxKeptBytes },
    memory,
    dropPayload: (payload) => dropped.push(textIn(payload)!),
    events: {
      onChange: () => undefined,
      onRemoved: () => events.push('removed'),
      onFinal: (job) => events.push(`final ${job.state}`),
      onStop: (workerId) => events.push(`stop ${workerId}`),
    },
    now: () => now,
  });
  return {
    queue,
    events,
    dropped,
    pass: (ms) => {
      now += ms;
      queue.tick();
    },
  };
}

const json = (value: unknown): Payload => Payload.inMemory(JSON.stringify(value));
const textIn = (payload: Payload | undefined): string | undefined =>
  payload && Buffer.from(payload.read() as Uint8Array).toString();
const shown = async (pieces: BodyPiece[]): Promise<unknown> => JSON.parse(await bodyTextOf(pieces));
const takeMany = (queue: JobQueue, workerId: string, count: number): JobRecord[] =>
  Array.from({ length: count }, () => queue.take(workerId)).filter((job) => job !== undefined);

const input = json({ a: 1 });
const submission = { input, identity: undefined, envelope: {}, isSync: false };

describe('the queue', () => {
  it('hands out the oldest first, each once', () => {
    const { queue } = queueAt();
    const ids = Array.from({ length: 5 }, () => queue.submit(submission).id);
    expect(takeMany(queue, 'w', 2).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(takeMany(queue, 'v', 9).map(({ id }) => id)).toEqual(ids.slice(2));
    expect(queue.take('w')).toBeUndefined();
  });

  it('knows a job by its key until it has failed or is gone, also after a restart', () => {
    const { queue, pass } = queueAt();
    const identity = identityOf({ idempotencyKey: 'mine' });
    expect(queue.submittedAs(identity)).toBeUndefined();
    const first = queue.submit({ ...submission, identity });
    expect(queue.submittedAs(identity)).toBe(first);
    expect(queue.submittedAs(identityOf({ idempotencyKey: 'other' }))).toBeUndefined();
    const { queue: restarted } = queueAt();
    restarted.restore([...queue.jobs], queue.totals);
    expect(restarted.submittedAs(identity)).toBe(first);

    queue.take('w');
    queue.finish('w', first.id, { error: json('no') });
    expect(queue.submittedAs(identity)).toBeUndefined();
    const second = queue.submit({ ...submission, identity });
    queue.take('w');
    queue.finish('w', second.id, { output: json(1) });
    expect(queue.submittedAs(identity)).toBe(second);
    pass(DEFAULT_PLATFORM_LIMITS.runRetentionMs);
    expect(queue.get(second.id)).toBeUndefined();
    expect(queue.submittedAs(identity)).toBeUndefined();
  });

  it.each([undefined, null, 'mine', 3, [], {}, { idempotencyKey: '' }, { idempotencyKey: 3 }])(
    'takes %j for an input without a key',
    (value) => {
      expect(identityOf(value)).toBeUndefined();
    },
  );

  it('tells other work under a key from the same work, whatever the order and the audio', () => {
    const of = (rest: object) => identityOf({ idempotencyKey: 'k', ...rest })?.digest;
    const work = { task: 'x', options: { a: 1, b: [1, 2] }, audio: { url: 'one' } };
    expect(of(work)).toBe(of({ audio: { url: 'two' }, options: { b: [1, 2], a: 1 }, task: 'x' }));
    expect(of(work)).not.toBe(of({ ...work, options: { a: 1, b: [2, 1] } }));
    expect(of(work)).not.toBe(of({ ...work, task: 'y' }));
  });

  it('gives a job whose worker is silent to another, and keeps one that is named in pings', () => {
    const { queue, pass } = queueAt();
    const job = queue.submit(submission);
    queue.take('w');
    for (let i = 0; i < 5; i++) {
      pass(8_000);
      queue.ping('w', [job.id]);
    }
    expect(job.state).toBe('IN_PROGRESS');
    pass(10_000);
    expect(job).toMatchObject({ state: 'IN_QUEUE', retries: 1, workerId: undefined });
    expect(queue.take('v')!.attempts).toBe(2);
    queue.ping('w', [job.id]);
    expect(job.workerId).toBe('v');
  });

  it('fails a job that lost its worker three times', () => {
    const { queue, pass, events } = queueAt();
    const job = queue.submit(submission);
    for (let i = 0; i < 3; i++) {
      queue.take('w');
      pass(10_000);
    }
    expect(job.state).toBe('FAILED');
    expect(events).toEqual(['final FAILED']);
  });

  it('takes the first result, also of a worker that had lost the job, and stops the other', () => {
    const { queue, pass, events } = queueAt();
    const job = queue.submit(submission);
    queue.take('slow');
    pass(10_000);
    queue.take('fast');
    expect(queue.finish('slow', job.id, { output: json('first') })).toBe(true);
    expect(queue.finish('fast', job.id, { output: json('second') })).toBe(false);
    expect(job).toMatchObject({ state: 'COMPLETED', workerId: 'slow' });
    expect(textIn(job.output)).toBe('"first"');
    expect(events).toEqual(['final COMPLETED', 'stop fast']);
  });

  it('takes progress and chunks from the worker that holds the job alone', () => {
    const { queue, pass } = queueAt();
    const job = queue.submit(submission);
    queue.take('old');
    pass(10_000);
    queue.take('new');
    expect(queue.progress('old', job.id, json(1))).toBe(false);
    expect(queue.chunk('old', job.id, json(1))).toBe(false);
    expect(queue.progress('new', job.id, json(2))).toBe(true);
    expect(queue.chunk('new', job.id, json('a'))).toBe(true);
    expect(queue.takeChunks(job).map(textIn)).toEqual(['"a"']);
    expect(queue.takeChunks(job)).toEqual([]);
    queue.finish('new', job.id, {});
    expect(queue.progress('new', job.id, json(3))).toBe(false);
    expect(job).toMatchObject({ state: 'COMPLETED', output: undefined });
  });

  it('counts a job that never reached its worker as not tried', () => {
    const { queue } = queueAt();
    const job = queue.submit(submission);
    queue.take('w');
    queue.undeliver('w', [job.id]);
    expect(job).toMatchObject({ state: 'IN_QUEUE', attempts: 0, retries: 0 });
    expect(queue.counts().retried).toBe(0);
  });

  it('stops and times out a job that runs too long, counting its running time alone', async () => {
    const { queue, pass, events } = queueAt();
    const job = queue.submit({ ...submission, executionTimeoutMs: 5_000 });
    pass(60_000);
    queue.take('w');
    pass(4_999);
    expect(job.state).toBe('IN_PROGRESS');
    pass(1);
    expect(job.state).toBe('TIMED_OUT');
    expect(events).toEqual(['final TIMED_OUT', 'stop w']);
    expect(await shown(statusView(job))).toMatchObject({
      delayTime: 60_000,
      executionTime: 5_000,
      status: 'TIMED_OUT',
    });
  });

  it('forgets results when their time is over: 30 minutes, of /runsync one', () => {
    const { queue, pass } = queueAt();
    const [run, sync] = [false, true].map((isSync) => queue.submit({ ...submission, isSync }));
    takeMany(queue, 'w', 2);
    queue.finish('w', run!.id, { output: json(1) });
    queue.finish('w', sync!.id, { output: json(1) });
    pass(60_000);
    expect([queue.get(run!.id), queue.get(sync!.id)]).toEqual([run, undefined]);
    pass(29 * 60_000);
    expect(queue.get(run!.id)).toBeUndefined();
  });

  it('stops a running job whose life is over', () => {
    const { queue, pass, events } = queueAt();
    const job = queue.submit({ ...submission, ttlMs: 10_000, executionTimeoutMs: 600_000 });
    queue.take('w');
    pass(9_000);
    queue.ping('w', [job.id]);
    pass(1_000);
    expect(events).toEqual(['stop w', 'removed']);
  });

  it('runs a failed job again under its id, as new', async () => {
    const { queue } = queueAt();
    const job = queue.submit(submission);
    queue.take('w');
    queue.finish('w', job.id, { error: json('e') });
    expect(queue.retry(job)).toBe(true);
    expect(await shown(statusView(job))).toEqual({ id: job.id, status: 'IN_QUEUE', retries: 1 });
    expect(queue.take('w')).toBe(job);
    queue.finish('w', job.id, { output: json(2) });
    expect(queue.retry(job)).toBe(false);
  });

  it('shows a worker what it needs and nothing more', async () => {
    const { queue } = queueAt();
    const job = queue.submit({
      ...submission,
      envelope: { webhook: 'http://h', s3Config: { bucketName: 'b' } },
    });
    expect(await shown(workerView(job))).toEqual({
      id: job.id,
      input: { a: 1 },
      webhook: 'http://h',
      s3Config: { bucketName: 'b' },
    });
  });

  it('lets go of what no job needs any more: inputs of jobs that cannot run again, progress, what is over', () => {
    const { queue, pass, dropped } = queueAt();
    const [done, failed] = [1, 2].map((n) => queue.submit({ ...submission, input: json({ n }) }));
    takeMany(queue, 'w', 2);
    queue.progress('w', done!.id, json('half'));
    queue.chunk('w', failed!.id, json('part'));
    queue.finish('w', done!.id, { output: json('whole') });
    expect(dropped).toEqual(['{"n":1}', '"half"']);
    queue.finish('w', failed!.id, { error: json('no') });
    expect(textIn(failed!.input)).toBe('{"n":2}');
    queue.retry(failed!);
    expect(dropped.slice(2)).toEqual(['"no"', '"part"']);
    queue.cancel(failed!);
    expect(dropped.slice(4)).toEqual(['{"n":2}']);
    pass(DEFAULT_PLATFORM_LIMITS.runRetentionMs);
    expect(dropped.slice(5)).toEqual(['"whole"']);
    expect([...queue.jobs]).toEqual([]);
  });

  it('keeps the input of a job with a webhook until that is told', () => {
    const { queue, dropped } = queueAt();
    const job = queue.submit({ ...submission, webhook: 'http://h' });
    queue.take('w');
    queue.finish('w', job.id, { output: json(1) });
    expect(job.input).toBe(input);
    queue.forgetInput(job);
    expect(job.input).toBeUndefined();
    expect(dropped).toEqual(['{"a":1}']);
  });

  it('makes room by forgetting the oldest results, never a job that waits or runs', () => {
    const { queue, events } = queueAt({ maxKeptBytes: 50_000 });
    const jobs = Array.from({ length: 4 }, () => queue.submit(submission));
    takeMany(queue, 'w', 3);
    for (const job of [jobs[1]!, jobs[0]!]) {
      queue.finish('w', job.id, { output: json('x'.repeat(15_000)) });
    }
    expect(queue.makeRoomFor(5_000)).toBe(true);
    expect([...queue.jobs]).toEqual(jobs);
    expect(queue.makeRoomFor(20_000)).toBe(true);
    expect([...queue.jobs]).toEqual([jobs[0], jobs[2], jobs[3]]);
    expect(queue.makeRoomFor(60_000)).toBe(false);
    expect([...queue.jobs]).toEqual([jobs[2], jobs[3]]);
    expect(events.filter((event) => event === 'removed')).toHaveLength(2);
  });

  it('changes nothing that its memory does not take, and does it when that works again', () => {
    let isFull = false;
    const refuse = (): void => {
      if (isFull) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    const memory: JobMemory = { put: refuse, chunk: refuse, drop: refuse };
    const { queue, pass, events } = queueAt({ memory });
    const job = queue.submit({ ...submission, executionTimeoutMs: 5_000 });
    isFull = true;
    const before = { ...job };
    expect(() => queue.submit(submission)).toThrow('no space');
    expect(() => queue.take('w')).toThrow('no space');
    expect(() => queue.cancel(job)).toThrow('no space');
    expect(() => queue.purge()).toThrow('no space');
    expect(job).toEqual(before);
    isFull = false;
    expect(queue.take('w')).toBe(job);
    isFull = true;
    expect(() => queue.finish('w', job.id, { output: json(1) })).toThrow('no space');
    expect(() => pass(5_000)).toThrow('no space');
    expect(job.state).toBe('IN_PROGRESS');
    expect(queue.counts()).toMatchObject({ inQueue: 0, inProgress: 1, failed: 0 });
    isFull = false;
    pass(1);
    expect(job.state).toBe('TIMED_OUT');
    expect(events).toEqual(['final TIMED_OUT', 'stop w']);
  });
});
