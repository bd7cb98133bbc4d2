import { describe, expect, it } from 'vitest';
import { normaliseEnglish } from '../../../../core/metrics/text/text-normaliser-english.ts';
import { metricCases } from '../../../support/golden-cases.ts';

type NormaliserCase = {
  readonly id: string;
  readonly normaliser: 'english' | 'basic';
  readonly text: string;
  readonly expected: { readonly english: string };
};

const cases = (metricCases('metrics/text-normaliser/1') as readonly NormaliserCase[]).filter(
  ({ normaliser }) => normaliser === 'english',
);

describe('normaliseEnglish against Whisper', () => {
  it.each(cases)('$id: $text', ({ text, expected }) => {
    expect(normaliseEnglish(text)).toBe(expected.english);
  });
});
