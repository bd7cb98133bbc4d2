import { describe, expect, it } from 'vitest';
import {
  cpWordError,
  timeConstrainedCpWordError,
  type CpWordError,
} from '../../../../core/metrics/words/speaker-attributed-word-error.ts';
import { expectClose } from '../../../support/expect-close.ts';
import { metricCases } from '../../../support/golden-cases.ts';
import { utterancesOf, type AttributedCase, type GoldenCp } from '../../../support/golden-utterances.ts';

function expectCp(actual: CpWordError, expected: GoldenCp, where: string): void {
  expect(actual.errors, `${where}: errors`).toBe(expected.errors);
  expect(actual.referenceLength, `${where}: length`).toBe(expected.length);
  if (expected.errorRate === null) expect(actual.errorRate, where).toBeNull();
  else expectClose(actual.errorRate!, expected.errorRate, `${where}: rate`);
  const { missedSpeakers, falseAlarmSpeakers, scoredSpeakers } = expected;
  expect(actual, where).toMatchObject({ missedSpeakers, falseAlarmSpeakers, scoredSpeakers });
  // scipy's choice among equal assignments is ours too.
  expect(actual.assignment, `${where}: assignment`).toEqual(expected.assignment);
  if (expected.substitutionsMin !== undefined && expected.substitutionsMin === expected.substitutionsMax) {
    const { insertions, deletions, substitutions } = expected;
    expect(actual, where).toMatchObject({ insertions, deletions, substitutions });
  }
}

describe('cpWER and tcpWER against meeteval', () => {
  it.each(metricCases('metrics/cpwer/1') as readonly AttributedCase[])('$id', ({ expected, ...golden }) => {
    const [reference, hypothesis] = [utterancesOf(golden.reference), utterancesOf(golden.hypothesis)];
    expectCp(cpWordError(reference, hypothesis), expected.cpWer, 'cpWER');
    const intervals = { referenceTiming: 'given', hypothesisTiming: 'given' } as const;
    expectCp(
      timeConstrainedCpWordError(reference, hypothesis, intervals),
      expected.tcpWerWords,
      'tcpWER, words',
    );
    const points = { referenceTiming: 'given', hypothesisTiming: 'given-middle' } as const;
    expectCp(
      timeConstrainedCpWordError(reference, hypothesis, points),
      expected.tcpWerWordMidpoints,
      'tcpWER, middles',
    );
    expectCp(timeConstrainedCpWordError(reference, hypothesis), expected.tcpWerSegments, 'tcpWER, segments');
  });
});

describe('timeConstrainedCpWordError', () => {
  it('rejects a negative collar', () => {
    expect(() => timeConstrainedCpWordError([], [], { collarSeconds: -1 })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});
