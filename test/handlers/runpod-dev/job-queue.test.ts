import { describe, expect, it } from 'vitest';
import { JobQueue } from '../../../handlers/runpod-dev/job-queue.ts';
import { statusView, workerView } from '../../../handlers/runpod-dev/job-record.ts';
import { DEFAULT_PLATFORM_LIMITS } from '../../../handlers/runpod-dev/platform-limits.ts';

function queueAt(start = 1_000_000): {
  queue: JobQueue;
  pass: (ms: number) => void;
  events: string[];
} {
  let now = start;
  const events: string[] = [];
  const queue = new JobQueue(
    DEFAULT_PLATFORM_LIMITS,
    {
      onChange: () => undefined,
      onChunk: () => undefined,
      onRemoved: () => events.push('removed'),
      onFinal: (job) => events.push(`final ${job.state}`),
      onStop: (workerId) => events.push(`stop ${workerId}`),
    },
    () => now,
  );
  return {
    queue,
    events,
    pass: (ms) => {
      now += ms;
      queue.tick();
    },
  };
}

const submission = { input: { a: 1 }, envelope: {}, isSync: false };

describe('the queue', () => {
  it('hands out the oldest first, each once', () => {
    const { queue } = queueAt();
    const ids = Array.from({ length: 5 }, () => queue.submit(submission).id);
    expect(queue.take('w', 2).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(queue.take('v', 9).map(({ id }) => id)).toEqual(ids.slice(2));
    expect(queue.take('w', 1)).toEqual([]);
  });

  it('knows a job by its key until it has failed or is gone, also after a restart', () => {
    const { queue, pass } = queueAt();
    const input = { idempotencyKey: 'mine' };
    expect(queue.submittedAs(input)).toBeUndefined();
    const first = queue.submit({ ...submission, input });
    expect(queue.submittedAs({ ...input })).toBe(first);
    expect(queue.submittedAs({ idempotencyKey: 'other' })).toBeUndefined();
    const { queue: restarted } = queueAt();
    restarted.restore(queue.all);
    expect(restarted.submittedAs(input)).toBe(first);

    queue.take('w', 1);
    queue.finish('w', first.id, { error: 'no' });
    expect(queue.submittedAs(input)).toBeUndefined();
    const second = queue.submit({ ...submission, input });
    queue.take('w', 1);
    queue.finish('w', second.id, { output: 1 });
    expect(queue.submittedAs(input)).toBe(second);
    pass(DEFAULT_PLATFORM_LIMITS.runRetentionMs);
    expect(queue.get(second.id)).toBeUndefined();
    expect(queue.submittedAs(input)).toBeUndefined();
  });

  it.each([undefined, null, 'mine', 3, [], {}, { idempotencyKey: '' }, { idempotencyKey: 3 }])(
    'takes %j for an input without a key',
    (input) => {
      const { queue } = queueAt();
      queue.submit({ ...submission, input });
      expect(queue.submittedAs(input)).toBeUndefined();
    },
  );

  it('gives a job whose worker is silent to another, and keeps one that is named in pings', () => {
    const { queue, pass } = queueAt();
    const job = queue.submit(submission);
    queue.take('w', 1);
    for (let i = 0; i < 5; i++) {
      pass(8_000);
      queue.ping('w', [job.id]);
    }
    expect(job.state).toBe('IN_PROGRESS');
    pass(10_000);
    expect(job).toMatchObject({ state: 'IN_QUEUE', retries: 1, workerId: undefined });
    expect(queue.take('v', 1)[0]!.attempts).toBe(2);
    queue.ping('w', [job.id]);
    expect(job.workerId).toBe('v');
  });

  it('fails a job that lost its worker three times', () => {
    const { queue, pass, events } = queueAt();
    const job = queue.submit(submission);
    for (let i = 0; i < 3; i++) {
      queue.take('w', 1);
      pass(10_000);
    }
    expect(job.state).toBe('FAILED');
    expect(events).toEqual(['final FAILED']);
  });

  it('takes the first result, also of a worker that had lost the job, and stops the other', () => {
    const { queue, pass, events } = queueAt();
    const job = queue.submit(submission);
    queue.take('slow', 1);
    pass(10_000);
    queue.take('fast', 1);
    expect(queue.finish('slow', job.id, { output: 'first' })).toBe(true);
    expect(queue.finish('fast', job.id, { output: 'second' })).toBe(false);
    expect(job).toMatchObject({ state: 'COMPLETED', output: 'first', workerId: 'slow' });
    expect(events).toEqual(['stop fast', 'final COMPLETED']);
  });

  it('takes progress and chunks from the worker that holds the job alone', () => {
    const { queue, pass } = queueAt();
    const job = queue.submit(submission);
    queue.take('old', 1);
    pass(10_000);
    queue.take('new', 1);
    expect(queue.progress('old', job.id, 1)).toBe(false);
    expect(queue.chunk('old', job.id, 1)).toBe(false);
    expect(queue.progress('new', job.id, 2)).toBe(true);
    expect(queue.chunk('new', job.id, 'a')).toBe(true);
    expect(queue.drain(job)).toEqual(['a']);
    expect(queue.drain(job)).toEqual([]);
    queue.finish('new', job.id, {});
    expect(queue.progress('new', job.id, 3)).toBe(false);
    expect(job).toMatchObject({ state: 'COMPLETED', output: undefined });
  });

  it('reads an error as the platform does: text fails, anything else loses the output', () => {
    const { queue } = queueAt();
    const results = [{ error: 'e', output: 1 }, { error: { code: 7 }, output: 1 }, { error: '' }].map(
      (result) => {
        const job = queue.submit(submission);
        queue.take('w', 1);
        queue.finish('w', job.id, result);
        return [job.state, job.output, job.error];
      },
    );
    expect(results).toEqual([
      ['FAILED', 1, 'e'],
      ['COMPLETED', undefined, undefined],
      ['FAILED', undefined, ''],
    ]);
  });

  it('counts a job that never reached its worker as not tried', () => {
    const { queue } = queueAt();
    const job = queue.submit(submission);
    queue.take('w', 1);
    queue.undeliver('w', [job.id]);
    expect(job).toMatchObject({ state: 'IN_QUEUE', attempts: 0, retries: 0 });
    expect(queue.counts().retried).toBe(0);
  });

  it('stops and times out a job that runs too long, counting its running time alone', () => {
    const { queue, pass, events } = queueAt();
    const job = queue.submit({ ...submission, executionTimeoutMs: 5_000 });
    pass(60_000);
    queue.take('w', 1);
    pass(4_999);
    expect(job.state).toBe('IN_PROGRESS');
    pass(1);
    expect(job.state).toBe('TIMED_OUT');
    expect(events).toEqual(['stop w', 'final TIMED_OUT']);
    expect(statusView(job)).toMatchObject({ delayTime: 60_000, executionTime: 5_000, status: 'TIMED_OUT' });
  });

  it('forgets results when their time is over: 30 minutes, of /runsync one', () => {
    const { queue, pass } = queueAt();
    const [run, sync] = [false, true].map((isSync) => queue.submit({ ...submission, isSync }));
    queue.take('w', 2);
    queue.finish('w', run!.id, { output: 1 });
    queue.finish('w', sync!.id, { output: 1 });
    pass(60_000);
    expect([queue.get(run!.id), queue.get(sync!.id)]).toEqual([run, undefined]);
    pass(29 * 60_000);
    expect(queue.get(run!.id)).toBeUndefined();
  });

  it('stops a running job whose life is over', () => {
    const { queue, pass, events } = queueAt();
    const job = queue.submit({ ...submission, ttlMs: 10_000, executionTimeoutMs: 600_000 });
    queue.take('w', 1);
    pass(9_000);
    queue.ping('w', [job.id]);
    pass(1_000);
    expect(events).toEqual(['stop w', 'removed']);
  });

  it('runs a failed job again under its id, as new', () => {
    const { queue } = queueAt();
    const job = queue.submit(submission);
    queue.take('w', 1);
    queue.finish('w', job.id, { error: 'e' });
    expect(queue.retry(job)).toBe(true);
    expect(statusView(job)).toEqual({ id: job.id, status: 'IN_QUEUE', retries: 1 });
    expect(queue.take('w', 1)).toEqual([job]);
    queue.finish('w', job.id, { output: 2 });
    expect(queue.retry(job)).toBe(false);
  });

  it('shows a worker what it needs and nothing more', () => {
    const { queue } = queueAt();
    const job = queue.submit({
      ...submission,
      envelope: { webhook: 'http://h', s3Config: { bucketName: 'b' } },
    });
    expect(workerView(job)).toEqual({
      id: job.id,
      input: { a: 1 },
      webhook: 'http://h',
      s3Config: { bucketName: 'b' },
    });
  });
});
