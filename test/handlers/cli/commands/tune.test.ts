import { type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeObservations } from '../../../../core/observation/observations-file.ts';
import { parseLines } from '../../../../core/tune/journal/journal-lines.ts';
import { TuneJournalState } from '../../../../core/tune/journal/journal-state.ts';
import type { TuneReport } from '../../../../core/tune/study/tune-report.ts';
import { endOf, runCli, startCli } from '../../../support/run-cli.ts';
import { ANNA, BERT, tinyObservations } from '../../../support/tiny-observations.ts';
import { runCliHere } from '../../../support/warm-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-tune-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const observed = join(folder, 'observed');
const truth = join(folder, 'truth');
const NAMES = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];

function observationsOf(index: number, preset: string, model: string): Buffer {
  const chunks = Array.from({ length: 4 + index }, () => [
    { frames: [[0, 4]] as const, embedding: ANNA },
    { frames: [[5, 9]] as const, embedding: BERT },
  ]);
  const models = [{ id: model, task: 'speaker-embedding' }];
  return Buffer.concat(encodeObservations(tinyObservations(chunks), { preset, models, provider: 'cpu' }));
}

beforeAll(() => {
  mkdirSync(observed);
  mkdirSync(truth);
  NAMES.forEach((name, index) => {
    writeFileSync(join(observed, `${name}.observations`), observationsOf(index, 'ge2e', 'ge2e'));
    writeFileSync(
      join(truth, `${name}.rttm`),
      `SPEAKER ${name} 1 0.5 4 <NA> <NA> a <NA> <NA>\nSPEAKER ${name} 1 5.5 4 <NA> <NA> b <NA> <NA>\n`,
    );
  });
});

const tune = (output: string, ...more: string[]) =>
  runCliHere(['tune', observed, '--reference', truth, '--output', join(folder, output), ...more]);

function journalOf(output: string): TuneJournalState {
  const state = new TuneJournalState();
  state.apply(parseLines(readFileSync(join(folder, output, 'journal.jsonl')), 1).lines);
  return state;
}

/** 0 while there is no journal yet. */
function completeOf(output: string): number {
  return existsSync(join(folder, output, 'journal.jsonl')) ? journalOf(output).completeCount : 0;
}

describe('colloquy tune', () => {
  it('writes a report, and goes on to a larger total', async () => {
    const first = await tune('goes-on', '--num-iter', '12');
    expect(first.stderr).not.toMatch(/error/i);
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('# Tuning of `ge2e`');
    expect(journalOf('goes-on').completeCount).toBe(12);
    expect((await tune('goes-on', '--num-iter', '15')).code).toBe(0);
    expect(journalOf('goes-on').completeCount).toBe(15);
    const text = readFileSync(join(folder, 'goes-on/report.json'), 'utf8');
    const report = JSON.parse(text) as TuneReport;
    expect(report.recordings).toEqual({ total: 7, tuned: 7, validated: 7, folds: 5 });
    expect(readFileSync(join(folder, 'goes-on/report.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  it('shares the work among --jobs, and applies nothing that may be luck', async () => {
    const preset = join(folder, 'ours.json');
    const run = await tune('jobs', '--num-iter', '300', '--jobs', '3', '--apply', preset);
    expect(run.code).toBe(0);
    const state = journalOf('jobs');
    expect(state.completeCount).toBe(300);
    expect(new Set(state.trials.map(({ by }) => by)).size).toBeGreaterThan(1);
    expect(run.stderr).toMatch(/Not applied/);
    expect(existsSync(preset)).toBe(false);
  });

  it('makes the same trials again from the same seed', async () => {
    await Promise.all(['a', 'b'].map((output) => tune(output, '--num-iter', '14', '--seed', '3')));
    const settingsOf = (output: string) => journalOf(output).trials.map(({ settings }) => settings);
    expect(settingsOf('a')).toEqual(settingsOf('b'));
  });

  it('refuses what would mislead, in one line', async () => {
    const mixed = join(folder, 'mixed');
    mkdirSync(mixed);
    writeFileSync(join(mixed, 'one.observations'), observationsOf(0, 'ge2e', 'ge2e'));
    writeFileSync(join(mixed, 'two.observations'), observationsOf(1, 'embedded', 'campplus-zh-en'));
    const lacking = join(folder, 'lacking');
    mkdirSync(lacking);
    writeFileSync(join(lacking, 'nobody.observations'), observationsOf(0, 'ge2e', 'ge2e'));
    const output = join(folder, 'refused');
    const calls: [string[], RegExp][] = [
      [[mixed, '--reference', truth, '--output', output], /tune each on its own/],
      [[lacking, '--reference', truth, '--output', output], /no reference for nobody/],
      [[observed, '--reference', truth, '--output', output, '--num-iter', '0'], /--num-iter/],
      [[observed, '--reference', truth, '--output', output, '--tune', 'tau_active'], /tau_active/],
      [[observed, '--reference', truth, '--output', output, '--fix', 'nothing=1'], /no setting "nothing"/],
      [[observed, '--reference', truth, '--output', join(truth, 'one.rttm')], /cannot be written/],
      [[truth, '--reference', truth, '--output', output], /no observations/],
      [[observed, '--reference', truth, '--output', output, '--jobs', '0'], /--jobs/],
      [[observed, '--reference', truth, '--output', output, '--preset', 'meeting'], /observe it anew/],
      [[join(folder, 'nowhere'), '--reference', truth, '--output', output], /nowhere/],
    ];
    for (const [args, message] of calls) {
      const run = await runCliHere(['tune', ...args]);
      expect(run.code).not.toBe(0);
      expect(run.stderr).toMatch(message);
      expect(run.stderr).not.toMatch(/ at .*\.js/);
    }
  });

  it('refuses a journal of another study and a broken line, with its number', async () => {
    await tune('other', '--num-iter', '2');
    expect((await tune('other', '--metric', 'jer')).stderr).toMatch(/metric is der, not jer/);
    const path = join(folder, 'other/journal.jsonl');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, [...lines.slice(0, 2), '{"type":', ...lines.slice(2)].join('\n'));
    expect((await tune('other')).stderr).toMatch(/Line 3 of the journal/);
  });

  it('says of one recording that nothing can be validated', async () => {
    const alone = join(folder, 'alone');
    mkdirSync(alone);
    writeFileSync(join(alone, 'one.observations'), observationsOf(0, 'ge2e', 'ge2e'));
    const output = join(folder, 'of-one');
    const run = await runCliHere([
      'tune',
      alone,
      '--reference',
      truth,
      '--output',
      output,
      '--num-iter',
      '3',
    ]);
    expect(run.code).toBe(0);
    const { warnings } = JSON.parse(readFileSync(join(output, 'report.json'), 'utf8')) as TuneReport;
    expect(warnings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['tuned_few_recordings', 'tuned_not_validated']),
    );
  });

  it('loses no trial and counts none twice when workers are killed', async () => {
    const TRIALS = 120;
    const args = [
      'tune',
      observed,
      '--reference',
      truth,
      '--output',
      join(folder, 'killed'),
      '--num-iter',
      String(TRIALS),
    ];
    for (let round = 0; round < 2; round++) {
      const workers: ChildProcess[] = Array.from({ length: 3 }, () => startCli(args));
      const ends = workers.map(endOf);
      // In the midst of it, whatever this machine's speed.
      await vi.waitUntil(() => completeOf('killed') >= 40 * (round + 1), { timeout: 60_000, interval: 5 });
      for (const worker of workers) worker.kill('SIGKILL');
      await Promise.all(ends);
      expect(completeOf('killed')).toBeLessThan(TRIALS);
    }
    expect(journalOf('killed').runningCount).toBeGreaterThan(0);
    expect((await runCli(args)).code).toBe(0);
    const state = journalOf('killed');
    expect(state.completeCount).toBe(TRIALS);
    expect(state.runningCount).toBe(0);
    const complete = state.trials.filter((trial) => trial.state === 'complete');
    expect(new Set(complete.map(({ number }) => number)).size).toBe(TRIALS);
    for (const { scores } of complete) expect(scores.filter((score) => score !== undefined).length).toBe(7);
    // What the dead left was made up for.
    const keyOf = ({ settings }: { settings: object }): string => JSON.stringify(settings);
    const done = new Set(complete.map(keyOf));
    for (const failed of state.trials.filter((trial) => trial.state === 'failed')) {
      expect(done.has(keyOf(failed))).toBe(true);
    }
  });
});
