import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_PLATFORM_LIMITS } from '../../../../handlers/runpod-dev/platform-limits.ts';
import type { Totals } from '../../../../handlers/runpod-dev/queue/job-counts.ts';
import { JobQueue } from '../../../../handlers/runpod-dev/queue/job-queue.ts';
import type { JobRecord } from '../../../../handlers/runpod-dev/queue/job-record.ts';
import { Journal, type FsyncRule } from '../../../../handlers/runpod-dev/storage/journal.ts';
import { bodyTextOf } from '../../../../handlers/work/http/http-reply.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'colloquy-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Opened = { journal: Journal; jobs: JobRecord[]; totals: Totals; lost: string[] };

function open(maxGrowthBytes = 1_000_000, fsync: FsyncRule = 'interval'): Opened {
  const lost: string[] = [];
  const journal = new Journal({ folder, fsync, maxGrowthBytes, onLost: (id) => lost.push(id) });
  return { journal, ...journal.open(), lost };
}

function queueOn(journal: Journal): JobQueue {
  return new JobQueue({
    limits: DEFAULT_PLATFORM_LIMITS,
    memory: journal,
    dropPayload: (payload) => journal.payloads.drop(payload),
    events: {
      onChange: () => undefined,
      onRemoved: () => undefined,
      onFinal: () => undefined,
      onStop: () => undefined,
    },
  });
}

/** Jobs as they are: with the text of their payloads, wherever that is. */
async function plain(jobs: Iterable<JobRecord>): Promise<unknown> {
  const all = [...jobs].sort((a, b) => (a.id < b.id ? -1 : 1));
  return Promise.all(
    all.map(async ({ input, output, error, chunks, ...rest }) => ({
      ...rest,
      payloads: await Promise.all(
        [input, output, error, ...chunks].map(async (payload) => payload && (await bodyTextOf([payload]))),
      ),
    })),
  );
}

const journalFile = (): string =>
  join(
    folder,
    readdirSync(folder).find((name) => name.startsWith('journal-'))!,
  );
const payloadFiles = (): string[] => readdirSync(join(folder, 'payloads'));

/** Over the size from which on a payload has a file of its own. */
const LARGE = 'x'.repeat(5_000);

const keep = (journal: Journal, value: unknown) => journal.payloads.keep(JSON.stringify(value));

async function submit(journal: Journal, queue: JobQueue, value: unknown): Promise<JobRecord> {
  const input = await keep(journal, value);
  return queue.submit({ input, identity: undefined, envelope: { webhook: 'h' }, isSync: false });
}

type Step = { act: number; value: string | null };

/** Something that happens to the queue; what is not possible at the moment changes nothing. */
async function apply(journal: Journal, queue: JobQueue, { act, value }: Step): Promise<void> {
  const jobs = [...queue.jobs];
  const job = jobs[act % Math.max(1, jobs.length)];
  const kind = act % 9;
  const payload = await keep(journal, act % 4 === 0 ? `${LARGE}${value}` : value);
  let isKept = true;
  if (kind < 2 || job === undefined)
    queue.submit({ input: payload, identity: undefined, envelope: { webhook: value }, isSync: act > 50 });
  else if (kind === 3) isKept = queue.progress('w', job.id, payload);
  else if (kind === 4) isKept = queue.chunk('w', job.id, payload);
  else if (kind === 6)
    isKept = queue.finish('w', job.id, act > 50 ? { output: payload } : { error: payload });
  else {
    isKept = false;
    if (kind === 2) queue.take('w');
    else if (kind === 5) queue.takeChunks(job).forEach((chunk) => journal.payloads.drop(chunk));
    else if (kind === 7) queue.cancel(job);
    else queue.retry(job);
  }
  if (!isKept) journal.payloads.drop(payload);
}

describe('the journal', () => {
  it('brings back every job and count as it was, whatever happened, also when begun anew', async () => {
    const steps = fc.array(fc.record({ act: fc.nat(100), value: fc.option(fc.string({ maxLength: 20 })) }), {
      maxLength: 60,
    });
    await fc.assert(
      fc.asyncProperty(steps, fc.constantFrom(200, 1_000_000), async (all, maxBytes) => {
        rmSync(folder, { recursive: true });
        const { journal } = open(maxBytes);
        const queue = queueOn(journal);
        for (const step of all) {
          await apply(journal, queue, step);
          journal.compact(queue);
        }
        const before = await plain(queue.jobs);
        const files = payloadFiles().sort();
        journal.close();
        const next = open();
        next.journal.close();
        expect(await plain(next.jobs)).toEqual(before);
        expect(next.totals).toEqual(queue.totals);
        expect(payloadFiles().sort(), 'no file is left over or missing').toEqual(files);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps large payloads in files of their own, and lines small', async () => {
    const { journal } = open();
    const queue = queueOn(journal);
    const job = await submit(journal, queue, LARGE);
    expect(payloadFiles()).toHaveLength(1);
    expect(statSync(join(folder, 'payloads', payloadFiles()[0]!)).mode & 0o777).toBe(0o600);
    queue.take('w');
    for (let i = 0; i < 20; i++) queue.progress('w', job.id, await keep(journal, `${LARGE}${i}`));
    expect(payloadFiles()).toHaveLength(2);
    expect(statSync(journalFile()).size).toBeLessThan(20_000);
    queue.cancel(job);
    journal.close();
    expect(payloadFiles()).toHaveLength(0);
  });

  it('drops a line that was cut short, and only that', async () => {
    for (const fractionCut of [0.02, 0.5, 0.98]) {
      rmSync(folder, { recursive: true });
      const { journal } = open();
      const queue = queueOn(journal);
      const first = await submit(journal, queue, 1);
      const sizeOfFirst = statSync(journalFile()).size;
      await submit(journal, queue, 2);
      journal.close();
      const { size } = statSync(journalFile());
      truncateSync(journalFile(), size - Math.ceil((size - sizeOfFirst) * fractionCut));
      const { journal: next, jobs } = open();
      next.close();
      expect(jobs.map(({ id }) => id)).toEqual([first.id]);
    }
  });

  it('keeps one generation, and stays small over many jobs', async () => {
    const { journal } = open(10_000);
    const queue = queueOn(journal);
    for (let i = 0; i < 200; i++) {
      const job = await submit(journal, queue, 'x'.repeat(500));
      queue.take('w');
      queue.finish('w', job.id, { output: await keep(journal, i) });
      if (i > 5) queue.makeRoomFor(DEFAULT_PLATFORM_LIMITS.maxKeptBytes - 40_000);
      journal.compact(queue);
    }
    journal.close();
    expect(readdirSync(folder).sort()).toEqual([journalFile().split('/').at(-1), 'payloads']);
    expect(statSync(journalFile()).size).toBeLessThan(50_000);
  });

  it('is not begun anew at every turn when there is much to remember', async () => {
    const { journal } = open(1_000);
    const queue = queueOn(journal);
    for (let i = 0; i < 100; i++) {
      await submit(journal, queue, 'x'.repeat(500));
      journal.compact(queue);
    }
    const name = journalFile();
    await submit(journal, queue, 1);
    journal.compact(queue);
    expect(journalFile()).toBe(name);
    expect(Number(/journal-(\d+)/.exec(name)![1])).toBeLessThan(20);
    journal.close();
  });

  it.each(['interval', 'always'] as const)('flushes by the rule %s and reads it back', async (rule) => {
    const { journal } = open(1_000_000, rule);
    await submit(journal, queueOn(journal), LARGE);
    journal.close();
    const next = open(1_000_000, rule);
    next.journal.close();
    expect(next.jobs).toHaveLength(1);
  });

  it('names a job whose file a power cut has taken, and brings back the others', async () => {
    const { journal } = open();
    const queue = queueOn(journal);
    const broken = await submit(journal, queue, LARGE);
    writeFileSync(join(folder, 'payloads', payloadFiles()[0]!), '');
    const whole = await submit(journal, queue, LARGE);
    journal.close();
    const next = open();
    next.journal.close();
    expect(next.jobs.map(({ id }) => id)).toEqual([whole.id]);
    expect(next.lost).toEqual([broken.id]);
    expect(payloadFiles()).toHaveLength(1);
  });

  it('never takes a journal that cannot be read for an empty one', async () => {
    const { journal } = open();
    await submit(journal, queueOn(journal), 1);
    journal.close();
    const [name, text] = [journalFile(), readFileSync(journalFile(), 'utf8')];
    writeFileSync(name, `{"put": broken}\n${text}`);
    expect(() => open()).toThrow(/damaged: line 1 of journal-1\.jsonl/);
    writeFileSync(name, text);
    // Whoever runs as root may read everything: a folder in its place is what nobody can read.
    rmSync(name);
    await mkdir(name);
    expect(() => open()).toThrow(/cannot be used \(EISDIR\)/);
    rmSync(name, { recursive: true });
    writeFileSync(name, text);
    const { journal: next, jobs } = open();
    next.close();
    expect(jobs).toHaveLength(1);
  });

  it('refuses a folder that another process uses, and takes one whose process is gone', () => {
    appendFileSync(join(folder, 'lock'), '1');
    expect(() => open()).toThrow('in use by process 1');
    for (const gone of ['999999999', '', 'x']) {
      writeFileSync(join(folder, 'lock'), gone);
      open().journal.close();
    }
  });

  it('says what is wrong with a folder that cannot be made', () => {
    writeFileSync(join(folder, 'file'), '');
    const options = { folder: join(folder, 'file', 'data'), fsync: 'interval', maxGrowthBytes: 1 } as const;
    expect(() => new Journal(options)).toThrow(/cannot be used \(ENOTDIR\)/);
  });
});
