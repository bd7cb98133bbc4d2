import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JobQueue } from '../../../handlers/runpod-dev/job-queue.ts';
import type { JobRecord } from '../../../handlers/runpod-dev/job-record.ts';
import { Journal } from '../../../handlers/runpod-dev/journal.ts';
import { DEFAULT_PLATFORM_LIMITS } from '../../../handlers/runpod-dev/platform-limits.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colloquy-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function open(maxJournalBytes = 1_000_000): { journal: Journal; jobs: JobRecord[] } {
  const journal = new Journal({ folder, fsync: 'interval', maxJournalBytes });
  return { journal, jobs: journal.open() };
}

function queueOn(journal: Journal): JobQueue {
  return new JobQueue(DEFAULT_PLATFORM_LIMITS, {
    onChange: (job) => journal.put(job),
    onChunk: (job, chunk) => journal.chunk(job, chunk),
    onRemoved: (jobId) => journal.drop(jobId),
    onFinal: () => undefined,
    onStop: () => undefined,
  });
}

/** As the journal keeps them: JSON knows no undefined. */
const plain = (jobs: Iterable<JobRecord>): unknown =>
  (JSON.parse(JSON.stringify([...jobs])) as JobRecord[]).sort((a, b) => (a.id < b.id ? -1 : 1));

const journalFile = (): string =>
  join(
    folder,
    readdirSync(folder).find((name) => name.startsWith('journal-'))!,
  );

type Step = { act: number; value: string | null };

/** Something that happens to the queue; what is not possible at the moment changes nothing. */
function apply(queue: JobQueue, { act, value }: Step): void {
  const jobs = [...queue.all];
  const job = jobs[act % Math.max(1, jobs.length)];
  const kind = act % 9;
  if (kind < 2 || job === undefined)
    queue.submit({ input: { value }, envelope: { webhook: value }, isSync: act > 50 });
  else if (kind === 2) queue.take('w', 2);
  else if (kind === 3) queue.progress('w', job.id, value);
  else if (kind === 4) queue.chunk('w', job.id, value);
  else if (kind === 5) queue.drain(job);
  else if (kind === 6) queue.finish('w', job.id, act > 50 ? { output: value } : { error: value });
  else if (kind === 7) queue.cancel(job);
  else queue.retry(job);
}

describe('the journal', () => {
  it('brings back every job as it was, whatever happened, also through snapshots', () => {
    const steps = fc.array(fc.record({ act: fc.nat(100), value: fc.option(fc.string({ maxLength: 20 })) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(steps, fc.constantFrom(200, 1_000_000), (all, maxBytes) => {
        rmSync(folder, { recursive: true });
        const { journal } = open(maxBytes);
        const queue = queueOn(journal);
        for (const step of all) {
          apply(queue, step);
          journal.compact(queue.all);
        }
        const before = plain(queue.all);
        journal.close();
        const { journal: next, jobs } = open();
        next.close();
        expect(plain(jobs)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  it('drops a line that was cut short, and only that', () => {
    for (const fractionCut of [0.02, 0.5, 0.98]) {
      rmSync(folder, { recursive: true });
      const { journal } = open();
      const queue = queueOn(journal);
      const first = queue.submit({ input: 1, envelope: {}, isSync: false });
      const sizeOfFirst = statSync(journalFile()).size;
      queue.submit({ input: 2, envelope: {}, isSync: false });
      journal.close();
      const { size } = statSync(journalFile());
      truncateSync(journalFile(), size - Math.ceil((size - sizeOfFirst) * fractionCut));
      const { journal: next, jobs } = open();
      next.close();
      expect(jobs.map(({ id }) => id)).toEqual([first.id]);
    }
  });

  it('keeps one generation, and stays small over many jobs', () => {
    const { journal } = open(10_000);
    const queue = queueOn(journal);
    for (let i = 0; i < 200; i++) {
      const job = queue.submit({ input: 'x'.repeat(500), envelope: {}, isSync: false });
      queue.take('w', 1);
      queue.finish('w', job.id, { output: i });
      if (i > 5) queue.purge();
      journal.compact([job]);
    }
    journal.close();
    const files = readdirSync(folder);
    expect(files.filter((name) => name.startsWith('journal-'))).toHaveLength(1);
    expect(files.filter((name) => name.startsWith('snapshot-'))).toHaveLength(1);
    expect(statSync(journalFile()).size).toBeLessThan(20_000);
  });

  it('refuses a folder that another process uses, and takes one whose process is gone', () => {
    appendFileSync(join(folder, 'lock'), '1');
    expect(() => open()).toThrow('in use by process 1');
    rmSync(join(folder, 'lock'));
    appendFileSync(join(folder, 'lock'), '999999999');
    open().journal.close();
  });
});
