import { expect, expectTypeOf, test } from 'vitest';
import * as core from '../../core/result/result.ts';
import { SCHEMA_VERSION, type DiarizationResult, type TranscriptResult } from '../../sdk/contract/index.ts';

test('results of the core have the version of the contract', () => {
  expect(core.RESULT_SCHEMA_VERSION).toBe(SCHEMA_VERSION);
});

test('a result of the core is a result of the contract', () => {
  expectTypeOf<core.DiarizationResult>().toExtend<DiarizationResult>();
  expectTypeOf<core.TranscriptResult>().toExtend<TranscriptResult>();
});

test('a result of the contract is a result of the core, so that every format renders it', () => {
  expectTypeOf<DiarizationResult>().toExtend<core.DiarizationResult>();
  expectTypeOf<TranscriptResult>().toEqualTypeOf<Flat<core.TranscriptResult>>();
});

type Flat<T> = T extends readonly (infer Item)[]
  ? readonly Flat<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Flat<T[Key]> }
    : T;
