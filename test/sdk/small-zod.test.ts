/** The client's small part of zod against zod itself: same verdict, same places, same words, over the whole contract. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import * as contract from '../../sdk/contract/index.ts';

type Contract = typeof contract;

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(root, 'node_modules/.small-zod-'));
afterAll(() => rmSync(folder, { recursive: true }));

const outfile = join(folder, 'contract.mjs');
await build({
  entryPoints: [join(root, 'sdk/contract/index.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  alias: { zod: join(root, 'sdk/small-zod/index.ts') },
});
const small = (await import(pathToFileURL(outfile).href)) as Contract;

const examples = readdirSync(join(root, 'docs/examples'))
  .filter((name) => name.endsWith('.json'))
  .map((name): unknown => JSON.parse(readFileSync(join(root, 'docs/examples', name), 'utf8')));

const SCHEMAS = [
  'jobInputSchema',
  'jobOutputSchema',
  'streamEventSchema',
  'progressSchema',
  'errorBodySchema',
  'runRequestSchema',
  'statusReplySchema',
  'webhookEventSchema',
  'jobReplySchema',
] as const satisfies readonly (keyof Contract)[];

const awkward = fc.oneof(
  fc.constantFrom<unknown[]>(
    undefined,
    null,
    '',
    'auto',
    0,
    -1,
    0.5,
    1e9,
    2 ** 60,
    -(2 ** 60),
    NaN,
    Infinity,
    true,
    [],
    {},
  ),
  fc.constantFrom<unknown[]>(
    ' https://a.example/x ',
    'https:/a',
    'http:a',
    'ftp://a',
    's3://a/b',
    'https://exa\nmple.com',
  ),
  fc.constantFrom<unknown[]>(
    '2024-02-29T10:00:00Z',
    '2023-02-29T10:00:00Z',
    '2024-01-01T00:00:00.5Z',
    '2024-01-01',
  ),
  fc.string({ maxLength: 5 }),
  fc.double(),
  fc.array(fc.constantFrom(1, 'a', null, { url: 'https://a.example' }), { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom('url', 'base64', 's3', 'bucket', '__proto__', 'x'),
    fc.constantFrom(1, 'a', null),
  ),
);

type Edit = { readonly step: number; readonly kind: 'replace' | 'remove' | 'add'; readonly value: unknown };

/** Changes a value at some place inside. */
function edited(value: unknown, { step, kind, value: other }: Edit): unknown {
  if (typeof value !== 'object' || value === null || step % 7 === 0) return other;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  if (kind === 'add' && !Array.isArray(value) && step % 3 === 0) copy[`extra${step % 5}`] = other;
  else if (key === undefined) return other;
  else if (kind === 'remove' && step % 3 === 0 && !Array.isArray(value)) Reflect.deleteProperty(copy, key);
  else copy[key] = edited(copy[key], { step: Math.floor(step / 3), kind, value: other });
  return copy;
}

const edit = fc.record<Edit>({
  step: fc.nat({ max: 100_000 }),
  kind: fc.constantFrom('replace', 'remove', 'add'),
  value: awkward,
});
const wrongExample = fc
  .tuple(fc.constantFrom(...examples), fc.array(edit, { maxLength: 3 }))
  .map(([example, edits]) => edits.reduce<unknown>(edited, example));

describe('the small part of zod', () => {
  test.each(SCHEMAS)('judges as zod does: %s', (name) => {
    const verdict = (module: Contract, value: unknown, strict: boolean): unknown =>
      module.parseWith<unknown>(module[name], value, strict);
    fc.assert(
      fc.property(fc.oneof(wrongExample, awkward), fc.boolean(), (value, strict) => {
        expect(verdict(small, value, strict)).toEqual(verdict(contract, value, strict));
      }),
      { numRuns: 1_000 },
    );
  });

  test('measures what came, a list where a text is expected too', () => {
    const value = { id: [], status: 'FAILED' };
    expect(small.statusReplySchema.safeParse(value).error?.issues.map(({ message }) => message)).toEqual(
      contract.statusReplySchema.safeParse(value).error?.issues.map(({ message }) => message),
    );
  });

  test('takes every example of the documentation', () => {
    for (const example of examples) {
      const taken = SCHEMAS.filter((name) => small[name].safeParse(example).success);
      expect(taken).toEqual(SCHEMAS.filter((name) => contract[name].safeParse(example).success));
      expect(taken).not.toEqual([]);
    }
  });

  test('is small', () => {
    expect(readFileSync(outfile, 'utf8')).not.toContain('ZodError');
  });
});
