import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePrograms, type BundledPrograms } from '../../support/bundle-program.ts';
import { sharedPath } from '../../support/shared.ts';
import { MENDED_FAULTS } from './golden/mended-faults.ts';
import { normalise, type Normalised } from './golden/normalised.ts';
import { readRecordings, type Kind, type Recording } from './golden/recording.ts';
import { ScriptedPlatform, type SeenExchange } from './golden/scripted-platform.ts';

const KINDS: readonly Kind[] = ['take', 'done', 'progress', 'stream', 'stop', 'ping'];
const folder = sharedPath('data', 'runpod-golden', 'worker') ?? 'test/golden/runpod/worker';

/** Polls of 90 s are polls of 2 s here: what happens at their end is compared, not how long they are. */
const SHORT_POLLS: Record<string, object> = { 'take-timeout': { pollTimeoutMs: 2_000 } };

/** Worker processes at once: they mostly wait. */
const REPLAYS_AT_ONCE = 8;

/** Surplus polls and pings that a worker may send because it is faster, or ended later, than the recorded one. */
const OPEN_ENDED: readonly Kind[] = ['take', 'stop', 'ping'];

type Replay = { expected: Map<Kind, Normalised[]>; seen: SeenExchange[]; exitCode: number | null };

let programs: BundledPrograms;
const replays = new Map<string, Promise<Replay>>();

beforeAll(async () => {
  programs = await bundlePrograms({
    'scenario-program': 'test/handlers/runpod/golden/scenario-program.ts',
    'heartbeat-thread': 'handlers/runpod/platform/heartbeat-thread.ts',
  });
  const lanes = Array.from({ length: REPLAYS_AT_ONCE }, () => Promise.resolve<unknown>(undefined));
  readRecordings(folder).forEach((recording, index) => {
    const run = lanes[index % lanes.length]!.then(() => replay(recording, expectedRequests(recording)));
    replays.set(recording.scenario, run);
    lanes[index % lanes.length] = run.catch(() => undefined);
  });
});
afterAll(async () => {
  await Promise.allSettled(replays.values());
  programs.remove();
});

describe('the worker against recordings of the original', () => {
  const recordings = readRecordings(folder);

  it.skipIf(recordings.length < 83)('has mended faults only for recordings that exist', () => {
    const names = recordings.map(({ scenario }) => scenario);
    expect(Object.keys(MENDED_FAULTS).filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(
    ['stop-replies', 'done-always-500'].filter((name) =>
      recordings.some(({ scenario }) => scenario === name),
    ),
  )('waits as long as recorded before it asks or posts again: %s', { timeout: 180_000 }, async (name) => {
    const recording = recordings.find(({ scenario }) => scenario === name);
    const { seen } = await replays.get(name)!;
    for (const kind of ['stop', 'done'] as const) {
      const waits = waitsBetween(recording!.exchanges.filter((exchange) => exchange.kind === kind));
      const ours = waitsBetween(seen.filter((exchange) => exchange.kind === kind));
      for (const [subject, recorded] of waits) {
        recorded.forEach((ms, i) =>
          expect(ours.get(subject)![i], `${subject} ${i}`).toBeGreaterThan(ms - 100),
        );
      }
    }
  });

  describe.concurrent('sends the requests of', () => {
    for (const recording of recordings) {
      it(`${recording.scenario}: ${recording.description}`, { timeout: 180_000 }, async () => {
        const { expected, seen, exitCode } = await replays.get(recording.scenario)!;
        compare(recording, expected, seen, exitCode !== null);
        comparePings(seen);
        expect(exitCode, 'exit code').toBe(expectedExit(recording));
      });
    }
  });
});

function expectedRequests(recording: Recording): Map<Kind, Normalised[]> {
  const expected = new Map<Kind, Normalised[]>();
  for (const kind of KINDS) {
    const recorded = recording.exchanges
      .filter((exchange) => exchange.kind === kind)
      .map(({ request }) => normalise(kind, request, workerIdOf(recording)));
    // A recording that is replayed in a shorter time holds fewer pings.
    if (kind === 'ping' && recording.scenario in SHORT_POLLS) recorded.length = 1;
    const fault = faultsOf(recording).find(
      (candidate) => candidate.kind === kind && candidate.expect !== undefined,
    );
    expected.set(kind, fault?.expect?.(recorded) ?? recorded);
  }
  return expected;
}

function expectedExit(recording: Recording): number | null {
  const fault = faultsOf(recording).find(({ kind }) => kind === 'exit');
  return fault?.exitCode ?? (fault === undefined ? (recording.end.workerExit?.code ?? null) : null);
}

/** Starts the worker against the recording; ends when it exits, or when everything expected has come. */
async function replay(recording: Recording, expected: Map<Kind, Normalised[]>): Promise<Replay> {
  const platform = new ScriptedPlatform(recording.exchanges);
  const port = await platform.listen();
  const child = startProgram(recording, port);
  let exitCode: number | null = null;
  const exited = new Promise<void>((resolve) => {
    child.on('exit', (code) => {
      exitCode = code;
      resolve();
    });
  });
  void platform.firstTake.then(() => {
    for (const { ms, signal } of recording.signals) setTimeout(() => child.kill(signal), ms);
  });
  const mustExit = expectedExit(recording) !== null;
  const allSeen = until(
    () => !mustExit && KINDS.every((kind) => platform.count(kind) >= awaited(kind, recording, expected)),
  );
  await Promise.race([exited, allSeen, after(45_000)]);
  // What should not come gets the time to come.
  await Promise.race([exited, after(500)]);
  const code = exitCode;
  child.kill('SIGKILL');
  await exited;
  await platform.close();
  return { expected, seen: platform.seen, exitCode: code };
}

/** How many requests of a kind are waited for; where a check stands for a list, their number is not known before. */
function awaited(kind: Kind, recording: Recording, expected: Map<Kind, Normalised[]>): number {
  const isChecked = faultsOf(recording).some((fault) => fault.kind === kind && fault.check !== undefined);
  return isChecked ? 1 : expected.get(kind)!.length;
}

function startProgram(recording: Recording, port: number): ChildProcess {
  const env = Object.fromEntries(
    Object.entries(recording.env).map(([name, value]) => [
      name,
      value.replace('localhost:<port>', `127.0.0.1:${port}`),
    ]),
  );
  return spawn(process.execPath, [programs.path('scenario-program'), recording.scenario, ...recording.argv], {
    env: { ...env, TEST_WORKER_TIMING: JSON.stringify(SHORT_POLLS[recording.scenario] ?? {}) },
    stdio: 'ignore',
  });
}

function compare(
  recording: Recording,
  expected: Map<Kind, Normalised[]>,
  seen: readonly SeenExchange[],
  hasExited: boolean,
): void {
  for (const kind of KINDS) {
    const ours = seen
      .filter((exchange) => exchange.kind === kind)
      .map(({ request }) => normalise(kind, request, workerIdIn(seen, recording)));
    const check = faultsOf(recording).find(
      (fault) => fault.kind === kind && fault.check !== undefined,
    )?.check;
    const wanted = expected.get(kind)!;
    if (check !== undefined) {
      check(ours);
      if (kind === 'take') expect(ours[0], 'first take').toEqual(wanted[0]);
      continue;
    }
    if (OPEN_ENDED.includes(kind)) {
      // A worker that ends sooner than the recorded one polls and pings less often.
      const compared = hasExited ? Math.min(ours.length, wanted.length) : wanted.length;
      expect(ours.slice(0, compared), kind).toEqual(wanted.slice(0, compared));
      if (kind === 'take' || kind === 'stop')
        expect(ours.length - wanted.length, `more ${kind}`).toBeLessThan(2);
      continue;
    }
    expect(byJob(ours), kind).toEqual(byJob(wanted));
  }
}

/** Milliseconds between requests of one path, by path. */
function waitsBetween(
  exchanges: readonly { ms: number; request: { path: string } }[],
): Map<string, number[]> {
  const last = new Map<string, number>();
  const waits = new Map<string, number[]>();
  for (const { ms, request } of exchanges) {
    const before = last.get(request.path);
    if (before !== undefined) waits.set(request.path, [...(waits.get(request.path) ?? []), ms - before]);
    last.set(request.path, ms);
  }
  return waits;
}

/** Posts in their order within each job; jobs at once may end in any order. */
function byJob(posts: readonly Normalised[]): Record<string, Normalised[]> {
  const groups: Record<string, Normalised[]> = {};
  for (const post of posts) (groups[post.path.split('/').at(-1)!] ??= []).push(post);
  return groups;
}

/** Every ping names the jobs that the platform knows to be in progress, but for those that changed just then. */
function comparePings(seen: readonly SeenExchange[]): void {
  const marginMs = 250;
  const takes = seen.filter(({ handedOut }) => handedOut.length > 0);
  for (const { ms, request } of seen.filter(({ kind }) => kind === 'ping')) {
    const named = (request.query.job_id ?? '').split(',').filter((id) => id !== '');
    for (const id of named) {
      const taken = takes.find(({ handedOut }) => handedOut.includes(id));
      expect(taken, `ping at ${ms} ms names ${id}, which was never handed out`).toBeDefined();
    }
    for (const { answeredMs, handedOut } of takes) {
      for (const id of handedOut) {
        const posts = seen.filter(
          ({ kind, request: post }) => kind === 'done' && post.path.endsWith(`/${id}`),
        );
        const first = posts[0];
        const isOver = first === undefined || first.ms < ms + marginMs;
        const isNew = answeredMs === undefined || answeredMs > ms - marginMs;
        if (!isOver && !isNew) expect(named, `ping at ${ms} ms`).toContain(id);
      }
    }
  }
}

function faultsOf(recording: Recording): (typeof MENDED_FAULTS)[string] {
  return MENDED_FAULTS[recording.scenario] ?? [];
}

/** The id in the environment; without one the recording has a placeholder, and ours is what its first poll says. */
function workerIdOf(recording: Recording): string {
  return recording.env.RUNPOD_POD_ID ?? '<random-uuid4>';
}

function workerIdIn(seen: readonly SeenExchange[], recording: Recording): string {
  if (recording.env.RUNPOD_POD_ID !== undefined) return recording.env.RUNPOD_POD_ID;
  return seen
    .find(({ kind }) => kind === 'take')!
    .request.path.split('/')
    .at(-1)!;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await after(20);
}

it('every mended fault is in docs/runpod.md, by its number', () => {
  const page = readFileSync('docs/runpod.md', 'utf8');
  const faults = Object.values(MENDED_FAULTS).flatMap((list) => list.map(({ fault }) => fault));
  const missing = [...new Set(faults)].filter((fault) => !new RegExp(`^${fault}\\. `, 'm').test(page));
  expect(missing).toEqual([]);
});
