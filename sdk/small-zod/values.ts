/** Schemas of single values. */
import { type Checked, issue, Schema, type SchemaParts, wrongKind } from './schema.ts';

/** Anything that passes a test of its kind. */
function kind(expected: string, fits: (value: unknown) => boolean, parts: Partial<SchemaParts> = {}): Schema {
  const look = (value: unknown): Checked => ({
    value,
    issues: fits(value) ? [] : [wrongKind(expected, value)],
  });
  return new Schema({ look, ...parts });
}

export const string = (): Schema =>
  kind('string', (value) => typeof value === 'string', { measured: 'string' });
export const number = (): Schema => kind('number', Number.isFinite);
export const boolean = (): Schema => kind('boolean', (value) => typeof value === 'boolean');
export const nothing = (): Schema => kind('null', (value) => value === null);
export const unknown = (): Schema => kind('unknown', () => true);

export function int(): Schema {
  return new Schema({
    look(value) {
      if (Number.isSafeInteger(value)) return { value, issues: [] };
      if (!Number.isFinite(value)) return { value, issues: [wrongKind('number', value)] };
      if (!Number.isInteger(value)) return { value, issues: [wrongKind('int', value)] };
      const [code, bound] =
        Number(value) > 0
          ? ['too_big', `<=${Number.MAX_SAFE_INTEGER}`]
          : ['too_small', `>=${Number.MIN_SAFE_INTEGER}`];
      const text = `Too ${code === 'too_big' ? 'big' : 'small'}: expected int to be ${bound}`;
      return { value, issues: [issue(code, text, { aborts: false })] };
    },
  });
}

export function oneOf(values: readonly unknown[]): Schema {
  const known = values.map((one) => (typeof one === 'string' ? `"${one}"` : String(one))).join('|');
  const text =
    values.length === 1 ? `Invalid input: expected ${known}` : `Invalid option: expected one of ${known}`;
  const look = (value: unknown): Checked => ({
    value,
    issues: values.includes(value) ? [] : [issue('invalid_value', text)],
  });
  return new Schema({ look, values });
}

export const literal = (value: unknown): Schema => oneOf([value]);

const HTTP = /^https?$/;

/** An address; spaces around it and line ends inside are left out, as every reader of URLs leaves them out. */
export function url({ protocol = HTTP, error }: { protocol?: RegExp; error?: string } = {}): Schema {
  const wrong = issue('invalid_format', error ?? 'Invalid URL', { aborts: false });
  return new Schema({
    measured: 'string',
    look(value) {
      if (typeof value !== 'string') {
        const kindIssue = wrongKind('string', value);
        return { value, issues: [{ ...kindIssue, message: error ?? kindIssue.message }] };
      }
      const text = value.trim();
      // "https:/path" and "http:example.com" would be mended by the parser.
      const isWhole = protocol.source !== HTTP.source || /^https?:\/\//i.test(text);
      if (!isWhole || !URL.canParse(text)) return { value, issues: [wrong] };
      const issues = protocol.test(new URL(text).protocol.replace(/:$/, '')) ? [] : [wrong];
      return { value: text.replace(/[\t\n\r]/g, ''), issues };
    },
  });
}

/** A day that the calendar has, leap years included, and a time of day in UTC. */
const DATE_TIME =
  /^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;

export const iso = { datetime: (): Schema => string().regex(DATE_TIME, 'Invalid ISO datetime') };
