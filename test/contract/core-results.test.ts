import { expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import * as core from '../../core/result/result.ts';
import type { DeepReadonly } from '../../sdk/contract/deep-readonly.ts';
import {
  SCHEMA_VERSION,
  type diarizationResultSchema,
  type transcriptResultSchema,
} from '../../sdk/contract/index.ts';

/** What the schemas let through; callers of the SDK see the types of the core. */
type Checked<Schema extends z.ZodType> = DeepReadonly<z.infer<Schema>>;

test('results of the core have the version of the contract', () => {
  expect(core.RESULT_SCHEMA_VERSION).toBe(SCHEMA_VERSION);
});

test('the contract checks exactly the results of the core', () => {
  expectTypeOf<Checked<typeof diarizationResultSchema>>().toEqualTypeOf<Flat<core.DiarizationResult>>();
  expectTypeOf<Checked<typeof transcriptResultSchema>>().toEqualTypeOf<Flat<core.TranscriptResult>>();
});

type Flat<T> = T extends readonly (infer Item)[]
  ? readonly Flat<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Flat<T[Key]> }
    : T;
