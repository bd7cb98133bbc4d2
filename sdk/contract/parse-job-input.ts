import type { JobInput } from '../wire.ts';
import { TASKS, jobInputSchema } from './job-input.ts';
import { parseWith, type FieldError, type Parsed } from './parse.ts';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function taskError(task: unknown): FieldError {
  const known = TASKS.join(', ');
  const came =
    typeof task === 'string' ? `"${task.slice(0, 40)}"` : task === undefined ? 'nothing' : `a ${typeof task}`;
  return { path: 'task', message: `expected one of ${known}; got ${came}` };
}

/**
 * Checks a job that comes from a caller.
 *
 * The job itself may ask for `strict`; `options.strict` asks for it whatever the job says. A job of an unknown task
 * gives an error that lists the known ones.
 */
export function parseJobInput(value: unknown, options: { readonly strict?: boolean } = {}): Parsed<JobInput> {
  if (!isRecord(value)) {
    return { ok: false, errors: [{ path: '', message: 'expected a JSON object with task and audio' }] };
  }
  if (!TASKS.some((task) => task === value.task)) return { ok: false, errors: [taskError(value.task)] };
  return parseWith(jobInputSchema, value, options.strict === true || value.strict === true);
}

/** One line for people: every fault with its place. */
export function describeFieldErrors(errors: readonly FieldError[]): string {
  return errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
}
