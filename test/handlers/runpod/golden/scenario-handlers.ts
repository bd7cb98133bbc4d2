import type { FitnessCheck, JobHandler } from '../../../../handlers/runpod/index.ts';

/** The worker of a recording, written again in TypeScript: same inputs, same outputs, same blocking. */
export type ScenarioWorker = {
  handler: JobHandler;
  concurrency?: number | ((current: number) => number);
  aggregateStream?: boolean;
  refreshWorker?: boolean;
  fitnessChecks?: FitnessCheck[];
};

type Input = Record<string, unknown>;

const input = (job: { input: unknown }): Input => job.input as Input;
const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, seconds * 1000));
/** `time.sleep`: nothing else runs on this thread meanwhile. */
const block = (seconds: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
};

const echo: ScenarioWorker = { handler: (job) => ({ echo: job.input }) };
const numbered =
  (seconds: number): JobHandler =>
  async (job) => {
    await sleep(seconds);
    return { n: input(job).n };
  };
const timed: JobHandler = async (job) => {
  await sleep(input(job).s as number);
  return { s: input(job).s };
};

function error(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function* threeChunks(): Generator {
  for (let i = 0; i < 3; i++) {
    block(0.1);
    yield { i };
  }
}

function valuesOf(values: unknown[]): ScenarioWorker {
  return { handler: (job) => values[input(job).i as number] };
}

const growing = (): ((current: number) => number) => {
  let calls = 0;
  return () => [1, 1, 2, 3][Math.min(calls++, 3)]!;
};

const good: FitnessCheck = { name: 'check_one', run: () => undefined };
const failing = (message: string): FitnessCheck => ({
  name: 'check_two',
  run: () => Promise.reject(error('RuntimeError', message)),
});

const circle: Record<string, unknown> = {};
circle.self = circle;

/** By scenario; those that are not here echo their input. */
const SCENARIOS: Record<string, ScenarioWorker> = {
  'async-handler': {
    handler: async (job) => {
      await sleep(0.3);
      return { echo: job.input };
    },
  },
  'concurrency-3-different-lengths': { handler: timed, concurrency: 3 },
  'concurrency-3-six-jobs': { handler: numbered(0.6), concurrency: 3 },
  'concurrency-5-two-jobs': { handler: numbered(1.5), concurrency: 5 },
  'concurrency-grow': { handler: numbered(1.5), concurrency: growing() },
  'concurrency-sync-handler': {
    concurrency: 3,
    handler: (job) => {
      block(0.5);
      return { n: input(job).n };
    },
  },
  'debugger-flag-text-output': valuesOf([null, 'text', { error: 'e' }, { a: 1 }]),
  'fitness-fail': { ...echo, fitnessChecks: [good, failing(`model file missing: ${'m'.repeat(300)}`)] },
  'fitness-fail-report-held': { ...echo, fitnessChecks: [good, failing('no model')] },
  'fitness-pass': { ...echo, fitnessChecks: [good, { ...good, name: 'check_two' }] },
  'generator-async': {
    handler: async function* () {
      for (let i = 0; i < 3; i++) {
        await sleep(0.1);
        yield { i };
      }
    },
  },
  'generator-empty': {
    handler: function* () {
      /* nothing */
    },
  },
  'generator-raises': {
    aggregateStream: true,
    handler: function* () {
      yield { i: 0 };
      throw error('ValueError', 'stream broke');
    },
  },
  'generator-refresh-worker': {
    aggregateStream: true,
    handler: function* () {
      yield { i: 0, refresh_worker: true };
    },
  },
  'generator-stream-500': { handler: threeChunks, aggregateStream: true },
  'generator-sync': { handler: threeChunks },
  'generator-sync-aggregate': { handler: threeChunks, aggregateStream: true },
  'generator-wrapper': { handler: () => [1, 2].values() },
  'generator-yield-error': {
    aggregateStream: true,
    handler: function* () {
      yield { i: 0 };
      yield { error: { code: 5 }, extra: 1 };
      yield { i: 2 };
    },
  },
  'handler-missing': { handler: undefined as unknown as JobHandler },
  'handler-raises': {
    handler: (job) => {
      if (input(job).key === undefined) throw error('ValueError', 'bad thing: ä');
      throw error('KeyError', "'missing'");
    },
  },
  'handler-sys-exit': { handler: () => process.exit(3) },
  'job-envelope-extra-fields': { handler: (job) => ({ job }) },
  'large-result-1mb': { handler: () => ({ text: 'x'.repeat(1_000_000) }) },
  'lone-surrogate': { handler: (job) => (input(job).i === 0 ? '\ud83d' : 'good') },
  'non-serialisable-chunk': {
    aggregateStream: true,
    handler: function* () {
      yield 'a';
      yield new Uint8Array([98]);
      yield 'c';
    },
  },
  'non-serialisable-output': valuesOf([circle, new Uint8Array([1]), { s: new Set([1]) }, 10n, 'good']),
  'ping-blocking-handler': {
    handler: () => {
      block(3);
      return { ok: true };
    },
  },
  'ping-cadence': {
    handler: async () => {
      await sleep(2.2);
      return { ok: true };
    },
  },
  'ping-two-jobs': {
    concurrency: 2,
    handler: async () => {
      await sleep(2.2);
      return { ok: true };
    },
  },
  'progress-update': {
    handler: async (_job, { progress }) => {
      for (const value of ['loading', { percent: 50 }, 99]) {
        progress(value);
        await sleep(0.5);
      }
      return { ok: true };
    },
  },
  'progress-update-500': {
    handler: async (_job, { progress }) => {
      progress('p1');
      await sleep(3);
      return { ok: true };
    },
  },
  'progress-update-race': {
    handler: (_job, { progress }) => {
      for (let i = 0; i < 20; i++) progress(i);
      return { ok: true };
    },
  },
  'refresh-worker-config': { ...echo, refreshWorker: true },
  'refresh-worker-config-second-job': { ...echo, refreshWorker: true, concurrency: 3 },
  'refresh-worker-return': { handler: () => ({ x: 1, refresh_worker: true }) },
  'return-error-dict': valuesOf([
    { error: 'it broke' },
    { error: 'it broke', partial: [1] },
    { error: { code: 7 } },
    { error: ['a', 'b'] },
    { error: '' },
    { error: null, x: 1 },
    { error: true },
  ]),
  'return-values': valuesOf([
    'text',
    '',
    42,
    0,
    true,
    false,
    null,
    [],
    [1, 'a'],
    {},
    { output: { x: 1 } },
    { output: 1, more: 2 },
    [1, 2],
    Number.NaN,
    { 1: 'int key', null: 'null key' },
    'käse 你好 😀 \u2028 \x00',
  ]),
  'sigterm-twice-sync-job': {
    handler: () => {
      block(3);
      return { finished: true };
    },
  },
  'stop-generator': {
    aggregateStream: true,
    handler: async function* () {
      // It is stopped after the third part; a fourth, 0.4 s later in the recording, must not race with that here.
      for (let i = 0; i < 20; i++) {
        await sleep(i < 3 ? 0.4 : 5);
        yield i;
      }
    },
  },
  'stop-running-job': {
    handler: (_job, { signal }) =>
      new Promise((resolve, reject) => {
        setTimeout(() => resolve({ ok: true }), 5000);
        signal.addEventListener('abort', () => reject(new Error('handler cancelled')));
      }),
  },
  'stop-sync-job': {
    handler: () => {
      block(3);
      return { ok: true };
    },
  },
  'take-batch-item-without-id': { ...echo, concurrency: 2 },
  'take-batch-item-without-input': { handler: (job) => ({ job }), concurrency: 2 },
  'take-more-than-asked': { handler: numbered(0.5), concurrency: 2 },
  'take-same-id-twice': { handler: numbered(0.3), concurrency: 2 },
  'templates-bare-question-mark': { ...echo, concurrency: 2 },
  'x-request-id-mixup': { handler: timed, concurrency: 2 },
};

export function scenarioWorker(scenario: string): ScenarioWorker {
  return SCENARIOS[scenario] ?? echo;
}
