import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonObject } from '../../../../handlers/work/http/json-text.ts';

const limits = { maxDepth: 500, maxMembers: 1_000 };
const membersOf = (text: string) => Object.fromEntries(parseJsonObject(text, limits).members);

describe('parseJsonObject', () => {
  it('gives the text of each member as it was written', () => {
    const text = ' { "a" : 12345678901234567890 , "b":[1, {"c" :"}],\\""}], "\\u0063": "x\\\\" , "d":{}} ';
    expect(membersOf(text)).toEqual({
      a: '12345678901234567890',
      b: '[1, {"c" :"}],\\""}]',
      c: '"x\\\\"',
      d: '{}',
    });
  });

  it('agrees with the parser about any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (object, indent) => {
        const { value, members } = parseJsonObject(JSON.stringify(object, null, indent), limits);
        expect(value).toEqual(JSON.parse(JSON.stringify(object)));
        const parts = [...members].map(([name, text]) => [name, JSON.parse(text) as unknown]);
        expect(parts).toEqual(Object.entries(value));
      }),
    );
  });

  it('comes to an end with any text, and gives a value or a typed error', () => {
    const piece = fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', '1', ' ', 'a', '"a":');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        try {
          parseJsonObject(pieces.join(''), limits);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid_option' });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['nested 10,000 deep', `{"input": ${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'deeper than 500'],
    ['objects 10,000 deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`, 'deeper than 500'],
    ['brackets that never close', `{"a": ${'['.repeat(1_000_000)}`, 'deeper than 500'],
    [
      'a million members',
      `{${Array.from({ length: 1_000_000 }, (_, i) => `"${i}":1`).join(',')}}`,
      'more than 1000 members',
    ],
    ['a member twice', '{"input": {"a": 1, "a": 2}}', 'twice'],
    ['a member twice, once escaped', '{"input": 1, "\\u0069nput": 2}', 'twice'],
    ['NaN', '{"input": NaN}', 'must be JSON'],
    ['a cut end', '{"input": "abc', 'must be JSON'],
    ['a list', '[1]', 'must be a JSON object'],
    ['null', 'null', 'must be a JSON object'],
    ['nothing', '', 'must be JSON'],
  ])('refuses %s', (_, text, reason) => {
    expect(() => parseJsonObject(text, limits)).toThrow(reason);
  });

  it('looks at members only where there is a limit for them', () => {
    const { value } = parseJsonObject('{"a": 1, "a": 2}', { maxDepth: 5 });
    expect(value).toEqual({ a: 2 });
  });

  it('takes __proto__ for a name like any other', () => {
    const { value, members } = parseJsonObject('{"__proto__": {"a": 1}, "constructor": 2}', limits);
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(members.get('__proto__')).toBe('{"a": 1}');
    expect(({} as { a?: number }).a).toBeUndefined();
  });
});
