import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseLines } from '../../../../core/tune/journal/journal-lines.ts';
import { TuneJournalState } from '../../../../core/tune/journal/journal-state.ts';
import { type BundledPrograms, bundlePrograms } from '../../../support/bundle-program.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const TRIALS = 200;
/** Two machines, as two names on one folder: of a dead worker of the other, only its silence tells. */
const MACHINES = ['north', 'north', 'south', 'south'];
const LEAST_KILLS = 8;
const TIMEOUT_MS = 90_000;

const folder = mkdtempSync(join(tmpdir(), 'colloquy-killed-test-'));
const path = join(folder, 'journal.jsonl');
let programs: BundledPrograms;

beforeAll(async () => {
  programs = await bundlePrograms({ worker: 'test/support/tune-worker-program.ts' });
}, TIMEOUT_MS);
afterAll(() => {
  programs.remove();
  rmSync(folder, { recursive: true, force: true });
});

function journal(): TuneJournalState {
  const state = new TuneJournalState();
  if (existsSync(path)) state.apply(parseLines(readFileSync(path), 1).lines);
  return state;
}

type Worker = { readonly process: ChildProcess; readonly ended: Promise<number | null> };

function start(machine: string): Worker {
  const process_ = spawn(process.execPath, [programs.path('worker'), path, machine, String(TRIALS)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => process_.once('exit', (code) => resolve(code)));
  return { process: process_, ended };
}

it(
  'workers of two machines on one folder, killed at random: no trial is lost or counted twice',
  async () => {
    const random = seededRandom(5);
    const workers = MACHINES.map(start);
    let kills = 0;
    let mostComplete = 0;
    // Kills are spread over the study by its progress, whatever this machine's speed.
    while (mostComplete < 0.9 * TRIALS) {
      await delay(5 + 15 * random());
      mostComplete = journal().completeCount;
      if (mostComplete < ((kills + 1) * 0.8 * TRIALS) / LEAST_KILLS) continue;
      const index = Math.floor(random() * workers.length);
      workers[index]!.process.kill('SIGKILL');
      await workers[index]!.ended;
      workers[index] = start(MACHINES[index]!);
      kills++;
    }
    expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual([0, 0, 0, 0]);
    expect(kills).toBeGreaterThanOrEqual(LEAST_KILLS);

    const state = journal();
    const complete = state.trials.filter((trial) => trial.state === 'complete');
    expect(complete.length).toBe(TRIALS);
    expect(state.runningCount).toBe(0);
    expect(new Set(complete.map(({ number }) => number)).size).toBe(TRIALS);
    expect(new Set(complete.map(({ by }) => by.split(':')[0])).size).toBe(2);
    for (const { scores } of complete) expect(scores.filter((score) => score !== undefined).length).toBe(6);
    // What the dead left was made up for.
    const keyOf = ({ settings }: { settings: object }): string => JSON.stringify(settings);
    const done = new Set(complete.map(keyOf));
    for (const failed of state.trials.filter((trial) => trial.state === 'failed'))
      expect(done.has(keyOf(failed))).toBe(true);
  },
  TIMEOUT_MS,
);
