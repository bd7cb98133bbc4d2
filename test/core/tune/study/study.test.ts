import { describe, expect, it } from 'vitest';
import { DIARIZATION_PRESETS } from '../../../../core/diarization/presets.ts';
import { InvalidInputError } from '../../../../core/errors.ts';
import { encodeLine, parseLines, type StudyLine } from '../../../../core/tune/journal/journal-lines.ts';
import type { Trial } from '../../../../core/tune/journal/journal-state.ts';
import { gainInterval } from '../../../../core/tune/study/bootstrap.ts';
import { choose, gainOf } from '../../../../core/tune/study/choose.ts';
import { isTrustworthy, warningsOf, type Evidence } from '../../../../core/tune/study/findings.ts';
import { assignFolds, groupPattern } from '../../../../core/tune/study/folds.ts';
import { pooledMetric, type RecordingScore } from '../../../../core/tune/study/metric.ts';
import { nextTrial } from '../../../../core/tune/study/next-trial.ts';
import { sliceAlong } from '../../../../core/tune/study/slices.ts';
import {
  checkSameStudy,
  planStudy,
  type Study,
  type StudyOptions,
} from '../../../../core/tune/study/study.ts';
import { hashOf, type TunedRecording } from '../../../../core/tune/study/tuned-recording.ts';
import { tinyObservations } from '../../../support/tiny-observations.ts';

const GE2E = DIARIZATION_PRESETS.ge2e!.resolution;
const OPTIONS: StudyOptions = {
  preset: 'ge2e',
  base: GE2E,
  metric: 'der',
  scoring: {},
  space: [
    { path: 'clustering.threshold', kind: 'float', low: 0.6, high: 1 },
    { path: 'clustering.minClusterSize', kind: 'int', low: 4, high: 16 },
  ],
  fixed: {},
  sampler: 'tpe',
  seed: 7,
};

const recording = (name: string, isValidation = false): TunedRecording => ({
  name,
  observations: tinyObservations([[]]),
  reference: [],
  observationsHash: hashOf(name),
  referenceHash: hashOf(`${name} reference`),
  isValidation,
});
const recordings = (count: number): TunedRecording[] =>
  Array.from({ length: count }, (_, index) => recording(`recording-${index}`));

const score = (errorSeconds: number, totalSeconds = 100): RecordingScore => ({
  totalSeconds,
  missedSeconds: 0,
  falseAlarmSeconds: 0,
  confusionSeconds: errorSeconds,
  speechSeconds: totalSeconds,
  detectionErrorSeconds: 0,
  jaccardSum: 0.1,
  referenceSpeakers: 2,
  foundSpeakers: 2,
});

const trial = (number: number, errors: readonly number[], change: Partial<Trial> = {}): Trial => ({
  number,
  settings: { 'clustering.threshold': 0.6 + 0.01 * number, 'clustering.minClusterSize': 12 },
  source: number === 0 ? 'default' : 'random',
  fold: -1,
  by: 'a',
  scores: errors.map((error) => score(error)),
  state: 'complete',
  signs: 0,
  ...change,
});

describe('folds', () => {
  const names = recordings(23).map(({ name }) => name);

  it('are even, and the same for the same names in any order', () => {
    const folds = assignFolds(names, 1);
    const sizes = [0, 1, 2, 3, 4].map((fold) => [...folds.values()].filter((own) => own === fold).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    const again = assignFolds(names.toReversed(), 1);
    for (const name of names) expect(again.get(name)).toBe(folds.get(name));
    expect([...assignFolds(names, 2).values()]).not.toEqual([...folds.values()]);
  });

  it('keep most recordings where they are when one is added', () => {
    const before = assignFolds(names, 1);
    const after = assignFolds([...names, 'another'], 1);
    expect(names.filter((name) => before.get(name) !== after.get(name)).length).toBeLessThanOrEqual(4);
  });

  it('keep a session together', () => {
    const parts = ['ES2002a', 'ES2002b', 'ES2003a', 'ES2003b', 'IS1000a', 'other'];
    const folds = assignFolds(parts, 0, groupPattern('^([A-Z]{2}\\d{4})'));
    expect(folds.get('ES2002a')).toBe(folds.get('ES2002b'));
    expect(folds.get('ES2003a')).toBe(folds.get('ES2003b'));
    expect(new Set(folds.values()).size).toBe(4);
    expect(() => groupPattern('(')).toThrow(InvalidInputError);
  });

  it('are as many as there are recordings, and one for one', () => {
    expect([...assignFolds(['a', 'b', 'c'], 0).values()].sort()).toEqual([0, 1, 2]);
    expect([...assignFolds(['a'], 0).values()]).toEqual([0]);
  });
});

describe('a study', () => {
  it('has the settings of the preset as its first trial', () => {
    const study = planStudy(OPTIONS, recordings(6));
    expect(nextTrial(study, 0, [], [])).toEqual({
      settings: { 'clustering.threshold': 0.8, 'clustering.minClusterSize': 12 },
      source: 'default',
      fold: -1,
    });
  });

  it('proposes the same to whoever asks, and never the same twice', () => {
    const study = planStudy(OPTIONS, recordings(6));
    const trials: Trial[] = [];
    for (let number = 0; number < 40; number++) {
      const proposal = nextTrial(study, number, trials, [])!;
      expect(nextTrial(study, number, trials, [])).toEqual(proposal);
      const error = 100 * Math.abs(Number(proposal.settings['clustering.threshold']) - 0.7);
      trials.push(trial(number, Array(6).fill(error) as number[], proposal));
    }
    const keys = trials.map(({ settings }) => JSON.stringify(settings));
    expect(new Set(keys).size).toBe(40);
    expect(trials.filter(({ source }) => source === 'tpe').length).toBeGreaterThan(20);
    // Each fold has a search of its own.
    const folds = trials.filter(({ source }) => source === 'tpe').map(({ fold }) => fold);
    expect(new Set(folds)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  it('does not let the search of a fold see trials that another one led to', () => {
    const study = planStudy(OPTIONS, recordings(6));
    const shared = Array.from({ length: 16 }, (_, number) => trial(number, [5, 5, 5, 5, 5, number]));
    const number = 16;
    const fold = (number - 1) % 5;
    const others = [90, 91, 92].map((late, k) =>
      trial(late, [0, 0, 0, 0, 0, 0], {
        source: 'tpe',
        fold: (fold + 1) % 5,
        settings: { 'clustering.threshold': 0.95 + 0.001 * k, 'clustering.minClusterSize': 5 },
      }),
    );
    expect(nextTrial(study, number, [...shared, ...others], [])).toEqual(
      nextTrial(study, number, shared, []),
    );
  });

  it('tries again what a dead worker left, but not forever', () => {
    const study = planStudy(OPTIONS, recordings(6));
    const left = trial(1, [], { state: 'failed', reason: 'abandoned' });
    const proposal = nextTrial(study, 2, [trial(0, [1, 1, 1, 1, 1, 1]), left], []);
    expect(proposal).toMatchObject({ settings: left.settings, source: 'retry' });
    const again = [2, 3].map((number) => ({ ...left, number, source: 'retry' as const }));
    expect(nextTrial(study, 4, [left, ...again], [])?.source).not.toBe('retry');
    const running = { ...left, number: 2, state: 'running' as const };
    expect(nextTrial(study, 3, [left, running], [])?.source).not.toBe('retry');
  });

  it('with a grid ends when the grid is used up', () => {
    const space = [{ path: 'clustering.minClusterSize', kind: 'int', low: 11, high: 13 }] as const;
    const study = planStudy({ ...OPTIONS, space, sampler: 'grid' }, recordings(6));
    const trials: Trial[] = [];
    for (let number = 0; ; number++) {
      const proposal = nextTrial(study, number, trials, []);
      if (proposal === undefined) break;
      trials.push(trial(number, [1], proposal));
    }
    expect(trials.map(({ settings }) => settings['clustering.minClusterSize'])).toEqual([12, 11, 13]);
  });

  it('is refused where its default lies outside, and where all is fixed', () => {
    const narrow = [{ path: 'clustering.threshold', kind: 'float', low: 0.6, high: 0.7 }] as const;
    expect(() => planStudy({ ...OPTIONS, space: narrow }, recordings(6))).toThrow(/preset has 0.8/);
    const fixed = { 'clustering.threshold': 0.7, 'clustering.minClusterSize': 8 };
    expect(() => planStudy({ ...OPTIONS, fixed }, recordings(6))).toThrow(/nothing is left/);
  });

  it('is the same when it is read back from its journal', () => {
    const { line } = planStudy(
      { ...OPTIONS, scoring: { skipOverlap: true, collarTotalSeconds: 0.5 } },
      recordings(6),
    );
    const [read] = parseLines(new TextEncoder().encode(encodeLine(line)), 1).lines;
    expect(() => checkSameStudy(read as StudyLine, line)).not.toThrow();
  });

  it('is told from another one by its first difference', () => {
    const line = planStudy(OPTIONS, recordings(6)).line;
    expect(() => checkSameStudy(line, planStudy(OPTIONS, recordings(6)).line)).not.toThrow();
    const others: [Partial<StudyOptions>, TunedRecording[], RegExp][] = [
      [{ metric: 'jer' }, recordings(6), /metric is der, not jer/],
      [{ seed: 8 }, recordings(6), /seed/],
      [{ scoring: { skipOverlap: true } }, recordings(6), /scores with/],
      [{ space: OPTIONS.space.slice(0, 1) }, recordings(6), /tunes clustering.minClusterSize/],
      [{}, recordings(7), /does not have the recording recording-6/],
      [
        {},
        [...recordings(5), { ...recording('recording-5'), observationsHash: hashOf('x') }],
        /observations of/,
      ],
      [{}, [...recordings(5), { ...recording('recording-5'), referenceHash: hashOf('x') }], /reference of/],
    ];
    for (const [change, own, message] of others) {
      const other: StudyLine = planStudy({ ...OPTIONS, ...change }, own).line;
      expect(() => checkSameStudy(line, other)).toThrow(message);
    }
  });
});

describe('the choice', () => {
  const foldsOf = (study: Study): number[] => study.line.inputs.map(({ fold }) => fold);

  it('is validated with trials that did not see the recordings', () => {
    const study = planStudy(OPTIONS, recordings(5));
    // One trial a fold, made by its search, that is perfect on its own held-out part alone: no fold may choose it there.
    const trials = [
      trial(0, [10, 10, 10, 10, 10]),
      ...[0, 1, 2, 3, 4].map((fold, k) =>
        trial(
          k + 1,
          foldsOf(study).map((own) => (own === fold ? 0 : 30)),
          { source: 'tpe', fold },
        ),
      ),
    ];
    const { validated } = choose(study, trials)!;
    expect(pooledMetric('der', validated!.before)).toBeCloseTo(0.1, 12);
    expect(pooledMetric('der', validated!.after)).toBeCloseTo(0.1, 12);
  });

  it('shows what is lost where a trial fits what it was tuned on', () => {
    const study = planStudy(OPTIONS, recordings(5));
    const trials = [
      trial(0, [10, 10, 10, 10, 10]),
      // Better on all but the recording that was held out.
      ...[0, 1, 2, 3, 4].map((fold, k) =>
        trial(
          k + 1,
          foldsOf(study).map((own) => (own === fold ? 60 : 5)),
          { source: 'tpe', fold },
        ),
      ),
    ];
    const choice = choose(study, trials)!;
    expect(gainOf(study, choice.validated!)).toBeCloseTo(-0.5, 12);
    // Over all recordings none is better than the default.
    expect(choice.proposal.number).toBe(0);
  });

  it('of equals is the one nearest to the default', () => {
    const study = planStudy(OPTIONS, recordings(5));
    const near = { 'clustering.threshold': 0.81, 'clustering.minClusterSize': 12 };
    const far = { 'clustering.threshold': 0.99, 'clustering.minClusterSize': 4 };
    const trials = [
      trial(0, [9, 9, 9, 9, 9], { settings: study.defaults }),
      trial(1, [3, 3, 3, 3, 3], { settings: far }),
      trial(2, [3, 3, 3, 3, 3], { settings: near }),
    ];
    expect(choose(study, trials)!.proposal.settings).toEqual(near);
  });

  it('has nothing to validate with for one recording, and recordings set apart where they are given', () => {
    const alone = planStudy(OPTIONS, recordings(1));
    expect(choose(alone, [trial(0, [9]), trial(1, [3])])).toMatchObject({ trainingAfter: 0.03 });
    expect(choose(alone, [trial(0, [9])])!.validated).toBeUndefined();
    const apart = planStudy(OPTIONS, [recording('a'), recording('b', true)]);
    const { validated, proposal } = choose(apart, [trial(0, [9, 9]), trial(1, [3, 20])])!;
    expect(proposal.number).toBe(1);
    expect(gainOf(apart, validated!)).toBeCloseTo(-0.11, 12);
  });

  it('waits for the default', () => {
    const study = planStudy(OPTIONS, recordings(5));
    expect(choose(study, [trial(1, [1, 1, 1, 1, 1])])).toBeUndefined();
  });
});

describe('the interval of the gain', () => {
  it('is narrow where all recordings gain alike, and holds 0 where one gains all', () => {
    const before = Array.from({ length: 12 }, () => score(20));
    const alike = { recordings: [], before, after: before.map(() => score(15)) };
    const [least, most] = gainInterval('der', alike, 1);
    expect(least).toBeCloseTo(0.05, 9);
    expect(most).toBeCloseTo(0.05, 9);
    const single = { recordings: [], before, after: before.map((_, index) => score(index === 0 ? 0 : 21)) };
    const [low, high] = gainInterval('der', single, 1);
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(0);
    expect(gainInterval('der', single, 1)).toEqual([low, high]);
  });
});

describe('along one setting', () => {
  const setting = { path: 'clustering.threshold', kind: 'float', low: 0, high: 1 } as const;

  it('a plateau ends where it costs more than is tolerated', () => {
    const measure = (settings: Record<string, unknown>): number =>
      Number(settings['clustering.threshold']) > 0.7 ? 0.5 : 0.1;
    const slice = sliceAlong(setting, { 'clustering.threshold': 0.3 }, measure, 0.005);
    expect(slice.plateau[0]).toBe(0);
    expect(Number(slice.plateau[1])).toBeGreaterThan(0.6);
    expect(Number(slice.plateau[1])).toBeLessThanOrEqual(0.7);
    expect(slice.cliff).toBe(0);
    expect(sliceAlong(setting, { 'clustering.threshold': 0.69 }, measure, 0.005).cliff).toBeCloseTo(0.4, 12);
  });

  it('whole numbers are moved by one at least', () => {
    const whole = { path: 'clustering.minClusterSize', kind: 'int', low: 4, high: 8 } as const;
    const seen = new Set<unknown>();
    sliceAlong(
      whole,
      { 'clustering.minClusterSize': 6 },
      (settings) => {
        seen.add(settings['clustering.minClusterSize']);
        return 0;
      },
      0,
    );
    expect([...seen].sort()).toEqual([4, 5, 6, 7, 8]);
  });
});

describe('what speaks against a result', () => {
  const evidence: Evidence = {
    metric: 'der',
    recordingCount: 12,
    trainingGain: 0.05,
    validation: { gain: 0.04, interval: [0.02, 0.06] },
    space: OPTIONS.space,
    settings: { 'clustering.threshold': 0.7, 'clustering.minClusterSize': 9 },
    defaults: { 'clustering.threshold': 0.8, 'clustering.minClusterSize': 12 },
    slices: [],
  };
  const codesOf = (change: Partial<Evidence>): string[] =>
    warningsOf({ ...evidence, ...change }).map(({ code }) => code);

  it('is nothing where the gain holds', () => {
    expect(codesOf({})).toEqual([]);
  });

  it('is named', () => {
    expect(codesOf({ validation: { gain: 0.03, interval: [-0.01, 0.06] } })).toEqual(['tuned_no_better']);
    expect(codesOf({ validation: { gain: 0.02, interval: [0.01, 0.03] } })).toEqual(['tuned_overfits']);
    expect(codesOf({ validation: { gain: -0.02, interval: [-0.1, -0.01] } })).toEqual(['tuned_overfits']);
    expect(codesOf({ recordingCount: 5 })).toEqual(['tuned_few_recordings']);
    const { validation: _none, ...unvalidated } = evidence;
    expect(warningsOf(unvalidated).map(({ code }) => code)).toEqual(['tuned_not_validated']);
    expect(codesOf({ settings: { ...evidence.settings, 'clustering.threshold': 0.995 } })).toEqual([
      'tuned_at_edge',
    ]);
    const cliff = { path: 'clustering.threshold', points: [], plateau: [0.6, 0.7] as const, cliff: 0.2 };
    expect(codesOf({ slices: [cliff] })).toEqual(['tuned_on_cliff']);
  });

  it('forbids to apply what was not shown to help elsewhere', () => {
    const of = (change: Partial<Evidence>) => isTrustworthy(warningsOf({ ...evidence, ...change }));
    expect(of({})).toBe(true);
    expect(of({ validation: { gain: 0.03, interval: [-0.01, 0.06] } })).toBe(true);
    expect(of({ validation: { gain: 0.01, interval: [0, 0.06] } })).toBe(false);
    expect(of({ recordingCount: 3 })).toBe(false);
  });
});
