import { describe, expect, it } from 'vitest';
import {
  diarizationInvariantCpWordError,
  orcWordError,
  timeConstrainedOrcWordError,
  type SegmentAssignedWordError,
} from '../../../../core/metrics/words/speaker-agnostic-word-error.ts';
import type { SpokenUtterance } from '../../../../core/metrics/words/spoken-utterance.ts';
import { metricCases } from '../../../support/golden-cases.ts';
import {
  utterancesOf,
  type AttributedCase,
  type GoldenAssigned,
} from '../../../support/golden-utterances.ts';

function expectAssigned(actual: SegmentAssignedWordError, expected: GoldenAssigned, where: string): void {
  if ('error' in expected) return;
  expect(actual.errors, `${where}: errors`).toBe(expected.errors);
  expect(actual.referenceLength, `${where}: length`).toBe(expected.length);
  expect(actual.assignment.length, `${where}: assignment`).toBe(expected.assignment.length);
}

describe('ORC-WER and DI-cpWER against meeteval', () => {
  it.each(metricCases('metrics/cpwer/1') as readonly AttributedCase[])('$id', ({ expected, ...golden }) => {
    const [reference, hypothesis] = [utterancesOf(golden.reference), utterancesOf(golden.hypothesis)];
    expectAssigned(orcWordError(reference, hypothesis), expected.orcWer, 'ORC-WER');
    expectAssigned(
      timeConstrainedOrcWordError(reference, hypothesis),
      expected.tcOrcWerSegments,
      'tcORC-WER',
    );
    const invariant = diarizationInvariantCpWordError(reference, hypothesis);
    expectAssigned(invariant, expected.greedyDiCpWer, 'DI-cpWER');
    if ('error' in expected.greedyDiCpWer) return;
    const labels = expected.greedyDiCpWer.assignment.map((label) => (label === 'dummy' ? null : label));
    expect(invariant.assignment).toEqual(labels);
  });
});

describe('orcWordError', () => {
  it('counts an empty hypothesis as deletions, where meeteval fails', () => {
    const utterance: SpokenUtterance = { speaker: 'A', startSeconds: 0, endSeconds: 1, words: ['a', 'b'] };
    expect(orcWordError([utterance], [])).toMatchObject({ errors: 2, deletions: 2, assignment: [null] });
  });

  it('says when a recording is too long for the exact search', () => {
    const words = Array.from({ length: 10_000 }, (_, index) => `w${index}`);
    const long = ['A', 'B'].map((speaker) => ({ speaker, startSeconds: 0, endSeconds: 1, words }));
    expect(() => orcWordError(long, long)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
  });
});
