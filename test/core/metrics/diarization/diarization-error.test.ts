import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diarizationError,
  sumDiarizationErrors,
} from '../../../../core/metrics/diarization/diarization-error.ts';
import type { Turn } from '../../../../core/timeline/turns.ts';
import { expectClose } from '../../../support/expect-close.ts';
import { metricCases } from '../../../support/golden-cases.ts';
import { turnsOf, uemOf, type GoldenRecording } from '../../../support/golden-turns.ts';

type ErrorRow = {
  readonly withUem: boolean;
  readonly collar: number;
  readonly total: number;
  readonly miss: number;
  readonly falseAlarm: number;
  readonly confusion: number;
  readonly der: number;
};
type ErrorCase = GoldenRecording & {
  readonly expected: readonly (ErrorRow & {
    readonly skipOverlap: boolean;
    readonly correct: number;
    readonly mapping: Readonly<Record<string, string>>;
    readonly mappingUnique: boolean;
  })[];
  readonly spyder?: readonly (ErrorRow & {
    readonly regions: 'all' | 'nonoverlap';
    readonly sameAsPyannoteAtTwiceTheCollar?: boolean;
  })[];
};

const cases = metricCases('metrics/diarization-error-rate/1') as readonly ErrorCase[];

function expectErrorRow(
  actual: ReturnType<typeof diarizationError>,
  expected: ErrorRow,
  where: string,
): void {
  expectClose(actual.totalSeconds, expected.total, `${where}: total`);
  expectClose(actual.missedSeconds, expected.miss, `${where}: missed`);
  expectClose(actual.falseAlarmSeconds, expected.falseAlarm, `${where}: false alarm`);
  expectClose(actual.confusionSeconds, expected.confusion, `${where}: confusion`);
  expectClose(actual.errorRate, expected.der, `${where}: rate`);
}

describe('diarizationError against pyannote.metrics', () => {
  it.each(cases)('$id', (recording) => {
    const [reference, hypothesis] = [turnsOf(recording.reference), turnsOf(recording.hypothesis)];
    for (const [index, row] of recording.expected.entries()) {
      const { withUem, collar, skipOverlap } = row;
      const where = `row ${index} (uem ${withUem}, collar ${collar}, skipOverlap ${skipOverlap})`;
      const uem = uemOf(recording, withUem);
      const actual = diarizationError(reference, hypothesis, {
        uem,
        collarTotalSeconds: collar,
        skipOverlap,
      });
      expectErrorRow(actual, row, where);
      expectClose(actual.correctSeconds, row.correct, `${where}: correct`);
      if (row.mappingUnique) expect(Object.fromEntries(actual.mapping), where).toEqual(row.mapping);
    }
  });
});

describe('diarizationError with the collar given for each side, against spyder', () => {
  // Only the rows in which spyder's other rules (see the README of the data) make no difference.
  const comparable = cases.filter(({ spyder }) => spyder?.some((row) => row.sameAsPyannoteAtTwiceTheCollar));
  it.each(comparable)('$id', (recording) => {
    const [reference, hypothesis] = [turnsOf(recording.reference), turnsOf(recording.hypothesis)];
    for (const [index, row] of recording.spyder!.entries()) {
      if (!row.sameAsPyannoteAtTwiceTheCollar) continue;
      const actual = diarizationError(reference, hypothesis, {
        uem: uemOf(recording, row.withUem),
        collarEachSideSeconds: row.collar,
        skipOverlap: row.regions === 'nonoverlap',
      });
      expectErrorRow(actual, row, `spyder row ${index}`);
    }
  });
});

describe('published test vectors', () => {
  const pyannote = {
    reference: turnsOf([[0, 10, 'A'], [12, 20, 'B'], [24, 27, 'A'], [30, 40, 'C']]), // prettier-ignore
    hypothesis: turnsOf([[2, 13, 'a'], [13, 14, 'd'], [14, 20, 'b'], [22, 38, 'c'], [38, 40, 'd']]), // prettier-ignore
  };
  const spyder = {
    reference: turnsOf([[0, 2, 'A'], [1.5, 3.5, 'B'], [4, 5.1, 'A']]), // prettier-ignore
    hypothesis: turnsOf([[0, 0.8, '1'], [0.6, 2.3, '2'], [2.1, 3.9, '3'], [3.8, 5.2, '1']]), // prettier-ignore
  };

  it('gives the parts of the pyannote.metrics example', () => {
    const error = diarizationError(pyannote.reference, pyannote.hypothesis);
    expect(error).toMatchObject({
      totalSeconds: 31,
      correctSeconds: 22,
      confusionSeconds: 7,
      falseAlarmSeconds: 7,
      missedSeconds: 2,
    });
    expect(error.errorRate).toBe(0.5161290322580645);
    expect(Object.fromEntries(error.mapping)).toEqual({ a: 'A', b: 'B', c: 'C' });
  });

  it('counts overlap for each speaker, and leaves it out when asked to', () => {
    const [, ...others] = pyannote.reference;
    const reference = [{ startSeconds: 0, endSeconds: 13, speaker: 'A' }, ...others];
    expect(diarizationError(reference, pyannote.hypothesis).totalSeconds).toBe(34);
    expect(diarizationError(reference, pyannote.hypothesis, { skipOverlap: true }).totalSeconds).toBe(32);
  });

  it('takes half of a total collar on each side of a border', () => {
    const single = turnsOf([[0, 10, 'A']]);
    expect(diarizationError(single, single, { collarTotalSeconds: 1 }).totalSeconds).toBe(9);
    expect(diarizationError(single, single, { collarEachSideSeconds: 0.5 }).totalSeconds).toBe(9);
  });

  it.each([
    { what: 'all regions', options: {}, percent: [5.1, 9.8, 21.57, 25.49, 56.86] },
    {
      what: 'regions of one speaker',
      options: { skipOverlap: true },
      percent: [4.1, 0, 26.83, 19.51, 46.34],
    },
    {
      what: 'a UEM',
      options: { uem: [{ startSeconds: 0.5, endSeconds: 5 }] },
      percent: [4.5, 11.11, 22.22, 26.67, 60],
    },
    {
      what: 'a collar of 0.2 s on each side',
      options: { collarEachSideSeconds: 0.2 },
      percent: [3.1, 3.23, 12.9, 19.35, 35.48],
    },
  ])('gives the figures of the spyder README for $what', ({ options, percent }) => {
    const error = diarizationError(spyder.reference, spyder.hypothesis, options);
    const part = (seconds: number): number => (100 * seconds) / error.totalSeconds;
    const actual = [
      error.totalSeconds,
      part(error.missedSeconds),
      part(error.falseAlarmSeconds),
      part(error.confusionSeconds),
      100 * error.errorRate,
    ];
    expect(actual.map((value) => Number(value.toFixed(2)))).toEqual(percent);
  });
});

const anyTurns = fc
  .array(
    fc.record({
      startSeconds: fc.integer({ min: 0, max: 400 }).map((step) => step / 8),
      lengthSeconds: fc.integer({ min: 1, max: 80 }).map((step) => step / 8),
      speaker: fc.constantFrom('A', 'B', 'C', '__proto__'),
    }),
    { maxLength: 12 },
  )
  .map((turns) =>
    turns.map((turn): Turn => ({ ...turn, endSeconds: turn.startSeconds + turn.lengthSeconds })),
  );

describe('diarizationError', () => {
  it('is 0 between a recording and itself, whatever the speakers are called', () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const renamed = turns.map((turn) => ({ ...turn, speaker: `other-${turn.speaker}` }));
        expect(diarizationError(turns, renamed).errorRate).toBe(0);
      }),
    );
  });

  it('splits reference speech into correct, missed and confused', () => {
    fc.assert(
      fc.property(anyTurns, anyTurns, fc.boolean(), (reference, hypothesis, skipOverlap) => {
        const error = diarizationError(reference, hypothesis, { skipOverlap, collarTotalSeconds: 0.5 });
        const sum = error.correctSeconds + error.missedSeconds + error.confusionSeconds;
        expect(sum).toBeCloseTo(error.totalSeconds, 9);
      }),
    );
  });

  it('weighs recordings of a corpus by their speech', () => {
    const short = diarizationError(turnsOf([[0, 1, 'A']]), []);
    const long = diarizationError(turnsOf([[0, 9, 'A']]), turnsOf([[0, 9, 'x']]));
    expect(sumDiarizationErrors([short, long]).errorRate).toBe(0.1);
    expect(sumDiarizationErrors([]).errorRate).toBe(0);
  });

  it.each([
    { collarTotalSeconds: 0.5, collarEachSideSeconds: 0.25 },
    { collarTotalSeconds: -1 },
    { collarEachSideSeconds: NaN },
    { collarTotalSeconds: Infinity },
  ])('rejects the collar %o', (options) => {
    expect(() => diarizationError([], [], options)).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });

  it('rejects times that are not finite', () => {
    const broken = turnsOf([[0, NaN, 'A']]);
    expect(() => diarizationError(broken, [])).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });
});
