import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidInputError, OutputError } from '../../../../core/errors.ts';
import { JournalFile } from '../../../../core/tune/journal/journal-file.ts';
import { encodeLine, parseLines, type TuneJournalLine } from '../../../../core/tune/journal/journal-lines.ts';
import { TuneJournalState } from '../../../../core/tune/journal/journal-state.ts';
import { withFileLock } from '../../../../models/file-lock.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const HASH = 'a'.repeat(64);
const STUDY: TuneJournalLine = {
  type: 'study',
  format: 1,
  preset: 'embedded',
  base: HASH,
  metric: 'der',
  scoring: {},
  space: [{ path: 'minAloneShare', kind: 'float', low: 0, high: 0.3 }],
  fixed: {},
  sampler: 'tpe',
  seed: 0,
  inputs: [{ name: 'Besprechung – Ü', observations: HASH, reference: HASH, fold: 0 }],
};
const start = (trial: number, by: string): TuneJournalLine => ({
  type: 'start',
  trial,
  settings: { minAloneShare: trial / 100 },
  source: 'random',
  fold: -1,
  by,
  time: '2026-01-01T00:00:00.000Z',
});
const value = (trial: number, by: string): TuneJournalLine => ({
  type: 'value',
  trial,
  recording: 0,
  score: [10, 1, 1, 1, 9, 1, 0.5, 2, 2],
  by,
});
const end = (trial: number, by: string, state: 'complete' | 'failed' = 'complete'): TuneJournalLine => ({
  type: 'end',
  trial,
  state,
  by,
  time: '2026-01-01T00:00:01.000Z',
});
const trialLines = (trial: number, by: string): TuneJournalLine[] => [
  start(trial, by),
  value(trial, by),
  end(trial, by),
];
const bytesOf = (lines: readonly TuneJournalLine[]): Uint8Array =>
  new TextEncoder().encode(lines.map(encodeLine).join(''));
const withLock = <T>(path: string, work: () => Promise<T>): Promise<T> =>
  withFileLock(path, work, { pollMs: 2 });

describe('lines of a journal', () => {
  it('can be read at every byte cut: whole lines before it, nothing else', () => {
    const lines = [STUDY, ...trialLines(0, 'a'), ...trialLines(1, 'b')];
    const bytes = bytesOf(lines);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const parsed = parseLines(bytes.subarray(0, cut), 1);
      const whole = bytes.subarray(0, cut).filter((byte) => byte === 0x0a).length;
      expect(parsed.lines).toEqual(lines.slice(0, whole));
    }
  });

  it('can be gone on with at every byte cut, and be read at every cut of that', async () => {
    const folder = temporaryFolder();
    const before = [STUDY, ...trialLines(0, 'a')];
    const bytes = bytesOf(before);
    const last = bytesOf(before.slice(0, -1)).length;
    // Every cut of the last line, and some of the others.
    const cuts = Array.from({ length: bytes.length + 1 }, (_, cut) => cut).filter(
      (cut) => cut >= last || cut % 97 === 0,
    );
    for (const cut of cuts) {
      const path = join(folder, `cut-${cut}.jsonl`);
      writeFileSync(path, bytes.subarray(0, cut));
      const journal = new JournalFile(path, (_, work) => work());
      const known = journal.refresh().trials.length;
      await journal.update((state) => {
        const lines = state.study === undefined ? [STUDY, start(5, 'c')] : [start(5, 'c')];
        return { lines, result: undefined };
      });
      expect(journal.state.trial(5)?.by).toBe('c');
      expect(journal.state.trials.length).toBe(known + 1);
      const all = readFileSync(path);
      for (let again = cut; again <= all.length; again++) parseLines(all.subarray(0, again), 1);
      expect(new JournalFile(path, (_, work) => work()).refresh().trial(5)?.by).toBe('c');
    }
  });

  it('survives writers that die while they mark what another left', async () => {
    const path = join(temporaryFolder(), 'journal.jsonl');
    writeFileSync(path, bytesOf([STUDY]));
    for (const remains of ['{"type":"sta', '\n{"type":"to', '\n', '{"type":"torn"}\n{"type":"end"']) {
      appendFileSync(path, remains);
      const journal = new JournalFile(path, withLock);
      await journal.update((state) => ({ lines: [start(state.trials.length, 'w')], result: undefined }));
    }
    expect(new JournalFile(path, withLock).refresh().trials.map(({ number }) => number)).toEqual([
      0, 1, 2, 3,
    ]);
  });

  it('name the broken one among others', () => {
    const text = `${encodeLine(STUDY)}${encodeLine(start(0, 'a'))}{"type":"start","trial":\n${encodeLine(end(0, 'a'))}`;
    expect(() => parseLines(new TextEncoder().encode(text), 1)).toThrow(/Line 3 .* no JSON/);
    const unknown = `${encodeLine(STUDY)}{"type":"start","trial":-1}\n${encodeLine(end(0, 'a'))}`;
    expect(() => parseLines(new TextEncoder().encode(unknown), 1)).toThrow(/Line 2 .* not valid/);
  });

  it('of a future version are refused with what to do', () => {
    const text = `${JSON.stringify({ ...STUDY, format: 2 })}\n${encodeLine(start(0, 'a'))}`;
    expect(() => parseLines(new TextEncoder().encode(text), 1)).toThrow(/Line 1 .*format 2.*reads 1/);
  });
});

describe('the state of a journal', () => {
  const stateOf = (...lines: TuneJournalLine[]): TuneJournalState => {
    const state = new TuneJournalState();
    state.apply(lines);
    return state;
  };

  it('gives a trial to whoever claimed it first', () => {
    const state = stateOf(STUDY, start(0, 'a'), start(0, 'b'), value(0, 'b'), end(0, 'b'));
    expect(state.trial(0)).toMatchObject({ by: 'a', state: 'running', scores: [] });
  });

  it('counts a slow trial once it is complete, though it was given up, and only once', () => {
    const state = stateOf(
      STUDY,
      start(0, 'a'),
      end(0, 'b', 'failed'),
      value(0, 'a'),
      end(0, 'a'),
      end(0, 'a'),
    );
    expect(state.trial(0)?.state).toBe('complete');
    expect(state.completeCount).toBe(1);
    const late = stateOf(STUDY, ...trialLines(0, 'a'), end(0, 'b', 'failed'));
    expect(late.trial(0)?.state).toBe('complete');
  });

  it('has scores by recording', () => {
    const [score] = stateOf(STUDY, ...trialLines(0, 'a')).trial(0)!.scores;
    expect(score).toMatchObject({ totalSeconds: 10, missedSeconds: 1, foundSpeakers: 2, jaccardSum: 0.5 });
  });

  it('is of one study', () => {
    expect(() => stateOf(STUDY, STUDY)).toThrow(InvalidInputError);
  });
});

describe('the file of a journal', () => {
  it('gives each of many writers its own numbers', async () => {
    const path = join(temporaryFolder(), 'journal.jsonl');
    const writers = Array.from({ length: 6 }, (_, index) => ({
      journal: new JournalFile(path, withLock),
      name: `w${index}`,
    }));
    await Promise.all(
      writers.map(async ({ journal, name }) => {
        for (let round = 0; round < 10; round++) {
          await journal.update((state) => ({ lines: [start(state.trials.length, name)], result: undefined }));
        }
      }),
    );
    const { trials } = new JournalFile(path, withLock).refresh();
    expect(trials.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, number) => number));
    for (const { name } of writers) expect(trials.filter(({ by }) => by === name).length).toBe(10);
  });

  it('says which path cannot be written', async () => {
    const journal = new JournalFile(join(temporaryFolder(), 'missing', 'journal.jsonl'), (_, work) => work());
    await expect(journal.update(() => ({ lines: [STUDY], result: undefined }))).rejects.toThrow(OutputError);
  });
});
