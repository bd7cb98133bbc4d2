import { describe, expect, it } from 'vitest';
import { purityCoverage, sumPurityCoverage } from '../../../../core/metrics/diarization/purity-coverage.ts';
import { expectClose } from '../../../support/expect-close.ts';
import { metricCases } from '../../../support/golden-cases.ts';
import { turnsOf, uemOf, type GoldenRecording } from '../../../support/golden-turns.ts';

type Row = {
  readonly withUem: boolean;
  readonly purity: number;
  readonly purityTotal: number;
  readonly purityCorrect: number;
  readonly coverage: number;
  readonly coverageTotal: number;
  readonly coverageCorrect: number;
};
type CroppedRow = Row & {
  readonly croppedPurity: number;
  readonly croppedPurityTotal: number;
  readonly croppedPurityCorrect: number;
  readonly croppedCoverage: number;
  readonly croppedCoverageTotal: number;
  readonly croppedCoverageCorrect: number;
};
type PurityCase = GoldenRecording & { readonly expected: readonly Row[] };

/** With a UEM the package ignores it; the values after cropping by hand are then the right ones. */
function honouringUem(row: Row): Row {
  if (!row.withUem) return row;
  const cropped = row as CroppedRow;
  return {
    withUem: true,
    purity: cropped.croppedPurity,
    purityTotal: cropped.croppedPurityTotal,
    purityCorrect: cropped.croppedPurityCorrect,
    coverage: cropped.croppedCoverage,
    coverageTotal: cropped.croppedCoverageTotal,
    coverageCorrect: cropped.croppedCoverageCorrect,
  };
}

describe('purityCoverage against pyannote.metrics', () => {
  it.each(metricCases('metrics/purity-coverage/1') as readonly PurityCase[])('$id', (recording) => {
    for (const row of recording.expected) {
      const uem = uemOf(recording, row.withUem);
      const actual = purityCoverage(turnsOf(recording.reference), turnsOf(recording.hypothesis), { uem });
      const expected = honouringUem(row);
      const where = row.withUem ? 'with UEM' : 'without UEM';
      expectClose(actual.purity, expected.purity, `${where}: purity`);
      expectClose(actual.purityTotalSeconds, expected.purityTotal, `${where}: purity total`);
      expectClose(actual.purityCorrectSeconds, expected.purityCorrect, `${where}: purity correct`);
      expectClose(actual.coverage, expected.coverage, `${where}: coverage`);
      expectClose(actual.coverageTotalSeconds, expected.coverageTotal, `${where}: coverage total`);
      expectClose(actual.coverageCorrectSeconds, expected.coverageCorrect, `${where}: coverage correct`);
    }
  });
});

describe('purityCoverage', () => {
  it('is perfect for a recording without speech', () => {
    expect(purityCoverage([], [])).toMatchObject({ purity: 1, coverage: 1 });
    expect(sumPurityCoverage([])).toMatchObject({ purity: 1, coverage: 1 });
  });
});
