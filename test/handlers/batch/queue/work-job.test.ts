import { describe, expect, it } from 'vitest';
import { Slots } from '../../../../core/engine/slots.ts';
import { CapacityError } from '../../../../core/errors.ts';
import { batchNameOf, keepPlan } from '../../../../handlers/batch/batch-plan.ts';
import { layoutOf } from '../../../../handlers/batch/ends/batch-layout.ts';
import type { ItemOutcome } from '../../../../handlers/batch/execute/batch-executor.ts';
import { QueueBatches } from '../../../../handlers/batch/queue/queue-batches.ts';
import { queueJobIdOf, type QueueJob } from '../../../../handlers/batch/queue/queue-job.ts';
import { workJob, type WorkedJob } from '../../../../handlers/batch/queue/work-job.ts';
import { DIARIZE_PLAN, emptyDiarization } from '../../../support/batch-results.ts';
import { FaultyStore } from '../../../support/faulty-store.ts';

const NAME = batchNameOf(DIARIZE_PLAN);
const LAYOUT = layoutOf('out/', NAME);
const ID = `i-${'a'.repeat(40)}`;
const { signal } = new AbortController();

class OneJob {
  readonly store = new FaultyStore();
  begun = 0;
  readonly #run: () => Promise<ItemOutcome>;

  constructor(run: () => Promise<ItemOutcome> = () => Promise.resolve(emptyDiarization('a'))) {
    this.#run = run;
    this.store.put('in/a.wav', 'sound');
  }

  async work(
    more: { readonly attempt?: number; readonly starts?: number; readonly version?: string } = {},
  ): Promise<WorkedJob> {
    await keepPlan(this.store, LAYOUT, DIARIZE_PLAN, signal);
    return this.workWithoutPlan(more);
  }

  workWithoutPlan({ attempt = 1, starts = 1, version = 'v1' } = {}): Promise<WorkedJob> {
    const data: QueueJob = {
      schemaVersion: 1,
      batch: { name: NAME, store: this.store.name, prefix: 'out/', files: 'results' },
      item: { id: ID, store: this.store.name, key: 'in/a.wav', version, sizeBytes: 5, name: 'a.wav' },
    };
    const batches = new QueueBatches({
      storeNamed: () => Promise.resolve(this.store),
      executorFor: () =>
        Promise.resolve({
          concurrency: 1,
          prepare: (item) => ({
            run: async () => {
              this.begun += 1;
              await item.store.recording(item.object).open(signal);
              return this.#run();
            },
            dispose: () => Promise.resolve(),
          }),
          close: () => Promise.resolve(),
        }),
    });
    const how = { batches, slots: new Slots(1), worker: 'w', stallSeconds: 1, signal, stopping: signal };
    return workJob({ data, attempt, mostAttempts: 5, starts }, how);
  }

  get letter(): string | undefined {
    return this.store.text(LAYOUT.dead(ID));
  }
}

function crash(): Promise<never> {
  return Promise.reject(new CapacityError('engine_crashed', 'The engine ended.'));
}

describe('one job of a queue', () => {
  it('writes the result, and the files that people want', async () => {
    const job = new OneJob();
    expect(await job.work()).toEqual({ ended: 'done', audioSeconds: 1 });
    expect(job.store.text('out/results/a.wav.rttm')).toContain('SPEAKER');
  });

  it('gives up a recording that kills the engine each time, after the last attempt and not before', async () => {
    const job = new OneJob(crash);
    expect(await job.work({ attempt: 4 })).toMatchObject({ ended: 'again', isSystemic: false });
    expect(job.letter).toBeUndefined();
    expect(await job.work({ attempt: 5 })).toMatchObject({ ended: 'dead' });
    expect(job.letter).toContain('engine_crashed');
  });

  it('gives up a recording whose workers die, though no attempt of it ever ended', async () => {
    const job = new OneJob();
    expect(await job.work({ starts: 21 })).toMatchObject({ ended: 'dead' });
    expect(job.begun).toBe(0);
    expect(job.letter).toContain('Every worker that began with this recording died');
  });

  it('only writes the files of a recording that has a result', async () => {
    const job = new OneJob();
    await job.work();
    await job.store.remove('out/results/a.wav.rttm');
    await job.store.remove(LAYOUT.published(ID));
    expect(await job.work({ starts: 2 })).toMatchObject({ ended: 'done' });
    expect(job.begun).toBe(1);
    expect(job.store.text('out/results/a.wav.rttm')).toContain('SPEAKER');
  });

  it('does not begin with what is dead by now', async () => {
    const job = new OneJob(crash);
    await job.work({ attempt: 5 });
    await job.work({ starts: 2 });
    expect(job.begun).toBe(1);
  });

  it('tells a recording that was replaced from a failure', async () => {
    const job = new OneJob();
    job.store.put('in/a.wav', 'another one');
    expect(await job.work()).toEqual({ ended: 'replaced' });
    expect(job.letter).toBeUndefined();
  });

  it('blames no recording for a batch that it cannot open', async () => {
    const job = new OneJob();
    expect(await job.workWithoutPlan()).toMatchObject({ ended: 'again', isSystemic: true });
    expect(job.letter).toBeUndefined();
  });

  it('has an id that tells targets apart and that BullMQ takes', () => {
    const batch = { name: NAME, store: 's3://b', prefix: 'out/', files: 'results' } as const;
    expect(queueJobIdOf(batch, ID)).toMatch(/^i-[a-z2-7]{40}-[0-9a-f]{10}$/);
    expect(queueJobIdOf({ ...batch, prefix: 'other/' }, ID)).not.toBe(queueJobIdOf(batch, ID));
  });
});
