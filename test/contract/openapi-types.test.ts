import { execFileSync } from 'node:child_process';
import { expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import type { DeepReadonly } from '../../sdk/contract/deep-readonly.ts';
import type { COMPONENTS, ComponentName } from '../../sdk/contract/openapi/openapi-components.ts';
import type { components } from '../../sdk/contract/generated/openapi-types.ts';

type FromZod<Name extends ComponentName> = DeepReadonly<z.infer<(typeof COMPONENTS)[Name]>>;
type FromOpenApi<Name extends ComponentName> = components['schemas'][Name];

/** Either type accepts every value of the other. */
type SameValues<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Agreement = { [Name in ComponentName]: SameValues<FromZod<Name>, FromOpenApi<Name>> };

test('zod and OpenAPI name the same schemas', () => {
  expectTypeOf<keyof components['schemas']>().toEqualTypeOf<ComponentName>();
});

test('the types made from the OpenAPI document accept exactly the values that the zod types accept', () => {
  type Differing = { [Name in ComponentName]: Agreement[Name] extends true ? never : Name }[ComponentName];
  expectTypeOf<Differing>().toBeNever();
});

test('the generated types are current', () => {
  expect(() =>
    execFileSync('node', ['infra/tooling/generate-openapi-types.mjs', '--check'], { stdio: 'pipe' }),
  ).not.toThrow();
});
