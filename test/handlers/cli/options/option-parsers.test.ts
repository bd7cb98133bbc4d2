import { describe, expect, it } from 'vitest';
import { channelSelection, seconds, wholeNumber } from '../../../../handlers/cli/options/option-parsers.ts';

const parsers = {
  wholeNumber: wholeNumber('--n', 1, 100),
  seconds: seconds('--s'),
  channelSelection: channelSelection('--channel'),
} as const;

describe('option parsers', () => {
  it.each([
    ['wholeNumber', '1', 1],
    ['wholeNumber', '100', 100],
    ['wholeNumber', '007', 7],
    ['seconds', '0', 0],
    ['seconds', '0.25', 0.25],
    ['channelSelection', 'mix', 'mix'],
    ['channelSelection', '0', 0],
    ['channelSelection', '31', 31],
  ] as const)('%s takes %j', (name, text, value) => {
    expect(parsers[name](text)).toBe(value);
  });

  it.each([
    [
      'wholeNumber',
      ['', ' 3', '3 ', '0', '101', '-1', '+1', '1.0', '1e1', '0x1', 'abc', '٣', '9'.repeat(400)],
    ],
    ['seconds', ['', '-1', '.5', '5.', '1e3', 'Infinity', 'NaN', '1,5', '1s']],
    ['channelSelection', ['', 'MIX', 'left', '-1', '1.5', '999999']],
  ] as const)('%s refuses everything else, naming the option and what it takes', (name, texts) => {
    for (const text of texts) {
      const parse = () => parsers[name](text);
      expect(parse, JSON.stringify(text)).toThrow(/^--\w+ takes .+, got ".{0,100}"\.$/);
      expect(parse).toThrow(expect.objectContaining({ code: 'invalid_option' }) as Error);
    }
  });
});
