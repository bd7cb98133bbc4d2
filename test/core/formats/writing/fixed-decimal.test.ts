import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatFixed } from '../../../../core/formats/writing/fixed-decimal.ts';

const path = new URL('../../../golden/formats/fixed-decimal.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
  cases: [value: number, digits: number, text: string][];
};

it('writes every decimal as Python does, ties included', () => {
  const actual = cases.map(([value, digits]) => [value, digits, formatFixed(value, digits)]);
  expect(actual).toEqual(cases);
});
