import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  characterError,
  sumWordErrors,
  tokenError,
  wordError,
} from '../../../../core/metrics/words/word-error.ts';
import { expectClose } from '../../../support/expect-close.ts';
import { metricCases } from '../../../support/golden-cases.ts';

type WordErrorCase = {
  readonly id: string;
  readonly reference: string;
  readonly hypothesis: string;
  readonly expected: {
    readonly hits: number;
    readonly substitutions: number;
    readonly deletions: number;
    readonly insertions: number;
    readonly errors: number;
    readonly wer: number;
    readonly mer: number;
    readonly wil: number;
    readonly wip: number;
    readonly referenceWords: readonly string[];
    readonly hypothesisWords: readonly string[];
    readonly alignment: readonly (readonly [string, number, number, number, number])[];
    readonly substitutionsMin: number;
    readonly substitutionsMax: number;
    readonly characters: { readonly cer: number; readonly hits: number };
  };
};

describe('wordError against jiwer', () => {
  it.each(metricCases('metrics/word-error-rate/1') as readonly WordErrorCase[])('$id', (golden) => {
    const { expected } = golden;
    const actual = wordError(golden.reference, golden.hypothesis);
    expect(actual.referenceTokens).toEqual(expected.referenceWords);
    expect(actual.hypothesisTokens).toEqual(expected.hypothesisWords);
    expect(actual.errors).toBe(expected.errors);
    expectClose(actual.errorRate, expected.wer, 'WER');
    expectClose(actual.matchErrorRate, expected.mer, 'MER');
    expectClose(actual.informationLost, expected.wil, 'WIL');
    expectClose(actual.informationPreserved, expected.wip, 'WIP');
    // The kinds, and where they lie, are jiwer's own choice among equals: ours is the same.
    const { hits, substitutions, deletions, insertions } = expected;
    expect(actual).toMatchObject({ hits, substitutions, deletions, insertions });
    const rows = actual.alignment.map((run) => [
      run.type,
      run.referenceStart,
      run.referenceEnd,
      run.hypothesisStart,
      run.hypothesisEnd,
    ]);
    expect(rows).toEqual(expected.alignment);

    const { cer, ...characterCounts } = expected.characters;
    const characters = characterError(golden.reference, golden.hypothesis);
    expectClose(characters.errorRate, cer, 'CER');
    expect(characters).toMatchObject(characterCounts);
  });
});

/** Levenshtein distance by its recursive definition. */
function naiveDistance(reference: readonly string[], hypothesis: readonly string[]): number {
  if (reference.length === 0 || hypothesis.length === 0) return reference.length + hypothesis.length;
  const [restOfReference, restOfHypothesis] = [reference.slice(1), hypothesis.slice(1)];
  return Math.min(
    naiveDistance(restOfReference, hypothesis) + 1,
    naiveDistance(reference, restOfHypothesis) + 1,
    naiveDistance(restOfReference, restOfHypothesis) + (reference[0] === hypothesis[0] ? 0 : 1),
  );
}

const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 });

describe('tokenError', () => {
  it('has as many errors as the definition of the distance says', () => {
    fc.assert(
      fc.property(words, words, (reference, hypothesis) => {
        expect(tokenError(reference, hypothesis).errors).toBe(naiveDistance(reference, hypothesis));
      }),
    );
  });

  it('aligns every token exactly once, in order', () => {
    const long = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 });
    fc.assert(
      fc.property(long, long, (reference, hypothesis) => {
        let [row, column] = [0, 0];
        for (const run of tokenError(reference, hypothesis).alignment) {
          expect([run.referenceStart, run.hypothesisStart]).toEqual([row, column]);
          const same = JSON.stringify(reference.slice(row, run.referenceEnd));
          if (run.type === 'equal')
            expect(same).toBe(JSON.stringify(hypothesis.slice(column, run.hypothesisEnd)));
          [row, column] = [run.referenceEnd, run.hypothesisEnd];
        }
        expect([row, column]).toEqual([reference.length, hypothesis.length]);
      }),
    );
  });
});

describe('sumWordErrors', () => {
  it('weighs texts by their length', () => {
    const texts = [wordError('a', 'b'), wordError('a b c d e f g h i', 'a b c d e f g h i')];
    expect(sumWordErrors(texts).errorRate).toBe(0.1);
    expect(sumWordErrors([]).errorRate).toBe(0);
  });
});
