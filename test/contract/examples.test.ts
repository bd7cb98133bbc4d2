import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import {
  TASKS,
  errorBodySchema,
  jobInputSchema,
  jobOutputSchema,
  parseJobInput,
  parseWith,
  runRequestSchema,
  statusReplySchema,
  streamEventSchema,
} from '../../sdk/contract/index.ts';

const folder = 'docs/examples';
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, name), 'utf8'));
}

const SCHEMAS: Record<string, z.ZodType> = {
  'job-': jobInputSchema,
  'run-request-': runRequestSchema,
  'output-': jobOutputSchema,
  'event-': streamEventSchema,
  'error-': errorBodySchema,
  'status-': statusReplySchema,
};

describe('examples of the documentation', () => {
  test.each(names)('%s follows the schema that its name says', (name) => {
    const prefix = Object.keys(SCHEMAS).find((start) => name.startsWith(start));
    expect(prefix, 'the name begins with a known schema').toBeDefined();
    const value = read(name);
    const parsed = parseWith(SCHEMAS[prefix!]!, value, true);
    expect(parsed).toEqual({ ok: true, value, warnings: [] });
  });

  test('there is a job for every task', () => {
    const tasks = names.filter((name) => name.startsWith('job-')).map((name) => parseJobInput(read(name)));
    expect(new Set(tasks.map((parsed) => parsed.ok && parsed.value.task))).toEqual(new Set(TASKS));
  });

  test('the error of a failed status is an error body', () => {
    const { error } = statusReplySchema.parse(read('status-failed.json'));
    expect(errorBodySchema.safeParse(JSON.parse(error ?? '')).success).toBe(true);
  });
});
