import { InvalidInputError } from '../../../core/errors.ts';
import { readForm, type Form, type FormFile } from '../http/read-form.ts';
import type { ServerContext } from '../server-context.ts';

/** A form of an older client, or none: what was sent instead of a form has no files. */
export type LegacyForm = {
  readonly files: readonly FormFile[];
  /** Of the form and of the query; the form wins, and the first of a name. */
  readonly fields: ReadonlyMap<string, string>;
  dispose(): Promise<void>;
};

/** @throws as `readForm` does for a form that is broken or too large */
export async function readLegacyForm(
  request: Request,
  { spool, limits }: Pick<ServerContext, 'spool' | 'limits'>,
): Promise<LegacyForm> {
  const isForm = /^multipart\/form-data/i.test(request.headers.get('content-type') ?? '');
  const form = isForm ? await readForm(request, spool, limits) : NO_FORM;
  const fields = new Map<string, string>();
  for (const [name, value] of [...form.fields, ...new URL(request.url).searchParams]) {
    if (!fields.has(name) && value.trim() !== '') fields.set(name, value.trim());
  }
  return { files: form.files, fields, dispose: () => form.dispose() };
}

const NO_FORM: Form = { files: [], fields: [], dispose: () => Promise.resolve() };

/** A number in a field, `undefined` where there is none. @throws InvalidInputError `invalid_option` */
export function numberField(fields: LegacyForm['fields'], name: string): number | undefined {
  const text = fields.get(name);
  if (text === undefined) return undefined;
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  if (isNumber && Number.isFinite(Number(text))) return Number(text);
  throw wrongField(name, 'expected a number');
}

/** Yes or no as Python's frameworks read it. @throws InvalidInputError `invalid_option` */
export function flagField(fields: LegacyForm['fields'], name: string): boolean | undefined {
  const text = fields.get(name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (['true', '1', 'yes', 'on', 't', 'y'].includes(text)) return true;
  if (['false', '0', 'no', 'off', 'f', 'n'].includes(text)) return false;
  throw wrongField(name, 'expected true or false');
}

export function wrongField(option: string, message: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `${option}: ${message}.`, { details: { option } });
}
