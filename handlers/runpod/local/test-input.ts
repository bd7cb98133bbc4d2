import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunpodJob } from '../jobs/job.ts';
import { runLocally, type RunLocallyOptions } from './run-locally.ts';

export type TestInputOptions = RunLocallyOptions & {
  /** From `--test_input`; else `test_input.json` of the folder is read. */
  readonly testInput: string | undefined;
  readonly folder: string;
};

/**
 * Runs one job from the command line or from `test_input.json`, prints its result and returns the exit code: 0, or 1
 * for a job that cannot be read, has no input, or fails.
 */
export async function runTestInput(options: TestInputOptions): Promise<0 | 1> {
  const { log } = options;
  const text = await readTestInput(options);
  if (text === undefined) {
    log('WARN', 'test_input.json not found, exiting.');
    return 1;
  }
  const job = parseTestJob(text);
  if (typeof job === 'string') {
    log('ERROR', job);
    return 1;
  }
  const { body } = await runLocally(job, options);
  if (body.error !== undefined) {
    log('ERROR', `Job ${job.id} failed with error: ${body.error}`);
    return 1;
  }
  log('INFO', `Job ${job.id} completed successfully.`);
  log('INFO', `Job result: ${JSON.stringify(body)}`);
  log('INFO', 'Local testing complete, exiting.');
  return 0;
}

async function readTestInput(options: TestInputOptions): Promise<string | undefined> {
  if (options.testInput !== undefined && !/^\s*\{\s*\}\s*$/.test(options.testInput)) {
    options.log('INFO', 'test_input set, using test_input as job input.');
    return options.testInput;
  }
  try {
    const text = await readFile(join(options.folder, 'test_input.json'), 'utf8');
    options.log('INFO', 'Using test_input.json as job input.');
    return text;
  } catch {
    return undefined;
  }
}

function parseTestJob(text: string): RunpodJob | string {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return 'The test input is not JSON. Give an object such as {"input": {}}.';
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return 'The test input must be a JSON object such as {"input": {}}.';
  }
  const fields = body as Record<string, unknown>;
  if (fields.input === undefined || fields.input === null)
    return 'Job has no input parameter. Unable to run.';
  const id = typeof fields.id === 'string' ? fields.id : 'local_test';
  return { ...fields, id, input: fields.input };
}
