import { expect, it } from 'vitest';
import { variableText, wholeNumberOf } from '../../../handlers/setup/variables.ts';

it.each([undefined, '', '  '])('a variable that is %j counts as not set', (value) => {
  expect(variableText({ NAME: value }, 'NAME')).toBeUndefined();
  expect(wholeNumberOf({ NAME: value }, 'NAME', 1, 9)).toBeUndefined();
});

it('text comes without the spaces around it', () => {
  expect(variableText({ NAME: ' a b\n' }, 'NAME')).toBe('a b');
});

it.each(['1', '9', ' 3 ', '007'])('%j is a whole number from 1 to 9', (value) => {
  expect(wholeNumberOf({ NAME: value }, 'NAME', 1, 9)).toBe(Number(value));
});

it.each(['0', '10', '-1', '1.5', '1e0', '0x1', 'one', '1234567890123456'])(
  '%j is none, and the message says which variable, what it must be and what it is',
  (value) => {
    expect(() => wholeNumberOf({ NAME: value }, 'NAME', 1, 9)).toThrow(
      expect.objectContaining({
        code: 'configuration_invalid',
        message: `The environment variable NAME must be a whole number from 1 to 9, got "${value}".`,
        details: { variable: 'NAME' },
      }),
    );
  },
);
