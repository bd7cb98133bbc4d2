import { expect, expectTypeOf, it } from 'vitest';
import { defined } from '../../core/defined.ts';

it('leaves out what has no value, and keeps what is false, zero, empty or null', () => {
  const text: string | undefined = undefined;
  expect(defined({ text, zero: 0, no: false, empty: '', nothing: null })).toStrictEqual({
    zero: 0,
    no: false,
    empty: '',
    nothing: null,
  });
});

it('does not let undefined win over a default', () => {
  const given: { onset: number | undefined } = { onset: undefined };
  expect({ onset: 0.5, ...defined(given) }).toEqual({ onset: 0.5 });
});

it('makes optional what may be undefined', () => {
  const members = defined({ a: 1, b: undefined as string | undefined });
  expectTypeOf(members).toExtend<{ a: number; b?: string }>();
});
