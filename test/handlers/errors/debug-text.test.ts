import { expect, it } from 'vitest';
import { debugText } from '../../../handlers/errors/debug-text.ts';

it('shows the stack of an error and of all its causes, whatever they are', () => {
  const text = debugText(new Error('outer', { cause: new TypeError('inner', { cause: 'a word' }) }));
  expect(text).toMatch(
    /^Error: outer\n {4}at [^]*\ncaused by TypeError: inner\n {4}at [^]*\ncaused by a word$/,
  );
});
