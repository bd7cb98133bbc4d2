import type * as z from 'zod';
import type { ResultWarning } from '../../core/result/result.ts';

/** One thing wrong with a value: where, and what was expected. Never holds the value itself. */
export type FieldError = { readonly path: string; readonly message: string };

/** Either the value, with warnings about fields that were ignored, or everything that is wrong with it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly ResultWarning[] }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A hostile value cannot make an error message long. */
const MAX_FIELD_ERRORS = 20;
const MAX_NAME_LENGTH = 64;

/** `audio[1].url`, with names shortened: they come from the caller. */
function pathText(path: Path): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += (text === '' ? '' : '.') + String(part).slice(0, MAX_NAME_LENGTH);
  }
  return text;
}

/** Unions report the errors of each branch: follow the branch that fits best, so that messages name the real fault. */
function flatten(issues: readonly Issue[], base: Path = []): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const path = [...base, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
    const branches = issue.errors.map((branch) => flatten(branch, path));
    return branches.reduce((best, branch) => (misfit(branch, path) < misfit(best, path) ? branch : best));
  });
}

/** Unknown fields weigh least, then faults deep inside, then a value of the wrong kind altogether. */
function misfit(issues: readonly Issue[], base: Path): number {
  return issues.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys') return sum + 1;
    return sum + (issue.path.length > base.length ? 100 : 10_000);
  }, 0);
}

/** The same value without the named fields; only the objects on the way to them are copied. */
function without(value: unknown, path: Path, keys: readonly string[]): unknown {
  const [head, ...rest] = path;
  if (head !== undefined) {
    if (Array.isArray(value))
      return value.map((item: unknown, i) => (i === head ? without(item, rest, keys) : item));
    const record = value as Record<PropertyKey, unknown>;
    return { ...record, [head]: without(record[head], rest, keys) };
  }
  return Object.fromEntries(Object.entries(value as object).filter(([key]) => !keys.includes(key)));
}

function fieldErrors(issues: readonly Issue[]): FieldError[] {
  const errors = issues.slice(0, MAX_FIELD_ERRORS).map((issue) => {
    const message =
      issue.code === 'unrecognized_keys'
        ? `unknown field ${issue.keys
            .slice(0, 5)
            .map((key) => key.slice(0, MAX_NAME_LENGTH))
            .join(', ')}`
        : issue.message;
    return { path: pathText(issue.path), message };
  });
  const more = issues.length - errors.length;
  return more > 0 ? [...errors, { path: '', message: `and ${more} more` }] : errors;
}

/**
 * Checks a value that comes from elsewhere.
 *
 * @param strict refuse unknown fields; otherwise they are left out and named in `warnings`
 */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown, strict: boolean): Parsed<T> {
  const warnings: ResultWarning[] = [];
  let present = value;
  // Each round removes unknown fields; removing one can bring another to light only where unions nest, which is shallow.
  for (let round = 0; round < 8; round++) {
    const parsed = schema.safeParse(present);
    if (parsed.success) return { ok: true, value: parsed.data, warnings };
    const issues = flatten(parsed.error.issues);
    const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? [issue] : []));
    if (strict || unknown.length === 0) return { ok: false, errors: fieldErrors(issues) };
    for (const { path, keys } of unknown) {
      present = without(present, path, keys);
      const names = keys.slice(0, MAX_FIELD_ERRORS).map((key) => pathText([...path, key]));
      warnings.push({ code: 'unknown_field', message: `Ignored unknown field ${names.join(', ')}.` });
    }
  }
  return { ok: false, errors: [{ path: '', message: 'too many unknown fields' }] };
}
