import { describe, expect, it } from 'vitest';
import { normaliseBasic } from '../../../../core/metrics/text/text-normaliser-basic.ts';
import { metricCases } from '../../../support/golden-cases.ts';

type NormaliserCase = {
  readonly id: string;
  readonly normaliser: 'english' | 'basic';
  readonly text: string;
  readonly expected: {
    readonly basic: string;
    readonly basicRemoveDiacritics: string;
    readonly basicSplitLetters: string;
  };
};

const cases = (metricCases('metrics/text-normaliser/1') as readonly NormaliserCase[]).filter(
  ({ normaliser }) => normaliser === 'basic',
);

describe('normaliseBasic against Whisper', () => {
  it.each(cases)('$id: $text', ({ text, expected }) => {
    expect(normaliseBasic(text)).toBe(expected.basic);
    expect(normaliseBasic(text, { removeDiacritics: true })).toBe(expected.basicRemoveDiacritics);
    expect(normaliseBasic(text, { splitLetters: true })).toBe(expected.basicSplitLetters);
  });
});
