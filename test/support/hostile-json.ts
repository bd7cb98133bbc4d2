/** JSON from outside that is meant badly (test 27 of the reliability list). */

export const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** What it is, the body, and the status of a platform that takes 10 MB. */
export const HOSTILE_JSON: readonly (readonly [string, string | Uint8Array, number])[] = [
  ['depth 10,000', `{"input": ${deep(10_000)}}`, 400],
  [
    'a million keys',
    `{"input": {${Array.from({ length: 1_000_000 }, (_, i) => `"${i}":1`).join(',')}}}`,
    413,
  ],
  ['NaN', '{"input": NaN}', 400],
  ['duplicated keys', '{"input": {"task": "diarize", "task": "embed"}}', 400],
  ['wrong UTF-8', Uint8Array.from([...Buffer.from('{"input": "'), 0xff, 0xfe, ...Buffer.from('"}')]), 400],
  ['100 MB', `{"input": "${'x'.repeat(100_000_000)}"}`, 413],
  ['an end that is missing', '{"input": {"a": [1, 2', 400],
];
