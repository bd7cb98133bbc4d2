/** Schemas of single values. */
import { type Checked, issue, Schema, wrongKind } from './schema.ts';

/** Anything that passes a test of its kind. */
class KindSchema extends Schema {
  protected readonly expected: string;
  protected readonly fits: (value: unknown) => boolean;

  constructor(expected: string, fits: (value: unknown) => boolean) {
    super();
    this.expected = expected;
    this.fits = fits;
  }

  protected override look(value: unknown): Checked {
    return { value, issues: this.fits(value) ? [] : [wrongKind(this.expected, value)] };
  }
}

/** Text or a list: `min` and `max` count. */
export class SizedSchema extends KindSchema {
  min(least: number): this {
    return this.withSize(
      'too_small',
      (length) => length >= least,
      `Too small: expected ${this.expected} to have >=${least}`,
    );
  }

  max(most: number): this {
    return this.withSize(
      'too_big',
      (length) => length <= most,
      `Too big: expected ${this.expected} to have <=${most}`,
    );
  }

  private withSize(code: string, holds: (length: number) => boolean, text: string): this {
    const unit = this.expected === 'string' ? 'characters' : 'items';
    const message = (value: unknown): string | undefined =>
      holds((value as { length: number }).length) ? undefined : `${text} ${unit}`;
    return this.withRule({ code, message, always: true });
  }
}

class StringSchema extends SizedSchema {
  constructor() {
    super('string', (value) => typeof value === 'string');
  }

  regex(pattern: RegExp, error: string = `Invalid string: must match pattern ${String(pattern)}`): this {
    const message = (value: unknown): string | undefined =>
      pattern.test(value as string) ? undefined : error;
    return this.withRule({ code: 'invalid_format', message });
  }
}

class NumberSchema extends KindSchema {
  constructor() {
    super('number', (value) => typeof value === 'number' && Number.isFinite(value));
  }

  min(least: number): this {
    return this.withBound(
      'too_small',
      (value) => value >= least,
      `Too small: expected number to be >=${least}`,
    );
  }

  max(most: number): this {
    return this.withBound('too_big', (value) => value <= most, `Too big: expected number to be <=${most}`);
  }

  positive(): this {
    return this.withBound('too_small', (value) => value > 0, 'Too small: expected number to be >0');
  }

  private withBound(code: string, holds: (value: number) => boolean, text: string): this {
    return this.withRule({ code, message: (value) => (holds(value as number) ? undefined : text) });
  }
}

class IntSchema extends NumberSchema {
  protected override look(value: unknown): Checked {
    const looked = super.look(value);
    if (looked.issues.length > 0 || Number.isSafeInteger(value)) return looked;
    if (!Number.isInteger(value)) return { value, issues: [wrongKind('int', value)] };
    const [code, text] =
      (value as number) > 0
        ? ['too_big', `Too big: expected int to be <=${Number.MAX_SAFE_INTEGER}`]
        : ['too_small', `Too small: expected int to be >=${Number.MIN_SAFE_INTEGER}`];
    return { value, issues: [issue(code!, text!, { aborts: false })] };
  }
}

export class OneOfSchema extends Schema {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    super();
    this.values = values;
  }

  protected override look(value: unknown): Checked {
    if (this.values.includes(value)) return { value, issues: [] };
    const known = this.values.map((one) => (typeof one === 'string' ? `"${one}"` : String(one))).join('|');
    const expected =
      this.values.length === 1
        ? `Invalid input: expected ${known}`
        : `Invalid option: expected one of ${known}`;
    return { value, issues: [issue('invalid_value', expected)] };
  }
}

/** An address; spaces around it and line ends inside are left out, as every reader of URLs leaves them out. */
class UrlSchema extends StringSchema {
  protected readonly protocol: RegExp;
  protected readonly error: string;

  constructor(protocol: RegExp, error: string) {
    super();
    this.protocol = protocol;
    this.error = error;
  }

  protected override look(value: unknown): Checked {
    const looked = super.look(value);
    if (looked.issues.length > 0) return looked;
    const text = (value as string).trim();
    // "https:/path" and "http:example.com" would be mended by the parser.
    const isWhole = this.protocol.source !== HTTP.source || /^https?:\/\//i.test(text);
    const url = isWhole && URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined) return { value, issues: [this.#wrong()] };
    const issues = this.protocol.test(url.protocol.replace(/:$/, '')) ? [] : [this.#wrong()];
    return { value: text.replace(/[\t\n\r]/g, ''), issues };
  }

  #wrong() {
    return issue('invalid_format', this.error, { aborts: false });
  }
}

const HTTP = /^https?$/;
const DATE_TIME =
  /^(?:(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29|\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|(?:02)-(?:0[1-9]|1\d|2[0-8])))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;

export const string = (): StringSchema => new StringSchema();
export const number = (): NumberSchema => new NumberSchema();
export const int = (): IntSchema => new IntSchema();
export const boolean = (): Schema => new KindSchema('boolean', (value) => typeof value === 'boolean');
export const nothing = (): Schema => new KindSchema('null', (value) => value === null);
export const unknown = (): Schema => new Schema();
export const literal = (value: unknown): OneOfSchema => new OneOfSchema([value]);
export const oneOf = (values: readonly unknown[]): OneOfSchema => new OneOfSchema(values);
export const url = ({
  protocol = HTTP,
  error = 'Invalid URL',
}: { protocol?: RegExp; error?: string } = {}): UrlSchema => new UrlSchema(protocol, error);
export const iso = { datetime: (): StringSchema => string().regex(DATE_TIME, 'Invalid ISO datetime') };
