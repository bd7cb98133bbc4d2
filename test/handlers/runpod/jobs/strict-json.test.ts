import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toStrictJson } from '../../../../handlers/runpod/jobs/strict-json.ts';

describe('toStrictJson', () => {
  it('writes everything that JSON can hold as JSON.stringify does', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => toStrictJson(value) === JSON.stringify(value)));
  });

  it('writes undefined and numbers without value as null', () => {
    expect(toStrictJson(undefined)).toBe('null');
    expect(toStrictJson([NaN, Infinity])).toBe('[null,null]');
  });

  it.each([
    ['a bigint', { a: 1n }, 'the field "a" is a bigint'],
    ['a Buffer', { a: [Buffer.from('x')] }, 'the field "0" is a binary buffer'],
    ['a Map', new Map(), 'it is a Map'],
    ['a function', { f: () => 1 }, 'the field "f" is a function'],
    ['a circle', circle(), 'refers to itself'],
    ['lists 100,000 deep', deepList(100_000), 'nested too deeply'],
  ])('refuses %s and says where it is', (_name, value, text) => {
    expect(() => toStrictJson(value)).toThrow(text);
  });
});

function circle(): unknown {
  const value: { self?: unknown } = {};
  value.self = value;
  return value;
}

function deepList(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}
