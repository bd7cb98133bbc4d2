/** What is wrong with a value, in the words of zod. */
export type SmallIssue = {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** The value is of another kind altogether: what follows cannot be checked. */
  readonly aborts: boolean;
  readonly keys?: readonly string[];
  /** The issues of each branch of a union. */
  readonly errors?: readonly (readonly SmallIssue[])[];
};

/** The value as it goes on, and what is wrong with it. */
export type Checked = { readonly value: unknown; readonly issues: readonly SmallIssue[] };

/** What `safeParse` gives. */
export type SafeParsed =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly issues: readonly SmallIssue[] } };

/** One rule beyond the kind of a value; gives a message where it is broken. */
type Rule = {
  readonly code: string;
  readonly message: (value: unknown) => string | undefined;
  /** Checked also where parts of the value are wrong, as lengths are. */
  readonly always?: boolean;
  readonly path?: readonly PropertyKey[];
};

/** What a schema is made of. */
export type SchemaParts = {
  /** Looks at the kind of a value and at its parts. */
  readonly look: (value: unknown) => Checked;
  /** What `min` and `max` mean. */
  readonly measured?: 'string' | 'array' | 'number';
  readonly rules?: readonly Rule[];
  readonly isOptional?: boolean;
  /** The fields of an object. */
  readonly shape?: Readonly<Record<string, Schema>>;
  /** Every value that is allowed, where they are listed. */
  readonly values?: readonly unknown[];
};

/** An issue of the value itself. */
export function issue(code: string, message: string, more: Partial<SmallIssue> = {}): SmallIssue {
  return { code, message, path: [], aborts: true, ...more };
}

/** The issue of a value of another kind. */
export function wrongKind(expected: string, value: unknown): SmallIssue {
  return issue('invalid_type', `Invalid input: expected ${expected}, received ${kindOf(value)}`);
}

/** True where a value is so wrong that its rules cannot be checked. */
export function fails({ issues }: Checked): boolean {
  return issues.some(({ aborts }) => aborts);
}

const UNITS = { string: ' characters', array: ' items', number: '' } as const;

/** A schema: knows the kind of a value, and rules beyond. Methods give a new schema, as those of zod do. */
export class Schema {
  readonly parts: SchemaParts;

  constructor(parts: SchemaParts) {
    this.parts = parts;
  }

  get shape(): SchemaParts['shape'] {
    return this.parts.shape;
  }

  run(value: unknown): Checked {
    const { look, rules = [] } = this.parts;
    const looked = look(value);
    const issues = [...looked.issues];
    const isSized = typeof looked.value === 'string' || Array.isArray(looked.value);
    for (const { code, message, always, path = [] } of rules) {
      const runs = always === true ? isSized : !fails({ value, issues });
      const text = runs ? message(looked.value) : undefined;
      if (text !== undefined) issues.push(issue(code, text, { path, aborts: false }));
    }
    return { value: looked.value, issues };
  }

  safeParse(value: unknown): SafeParsed {
    const { value: data, issues } = this.run(value);
    return issues.length === 0 ? { success: true, data } : { success: false, error: { issues } };
  }

  min(least: number): Schema {
    return this.#bounded('too_small', (size) => size >= least, `>=${least}`);
  }

  max(most: number): Schema {
    return this.#bounded('too_big', (size) => size <= most, `<=${most}`);
  }

  positive(): Schema {
    return this.#bounded('too_small', (size) => size > 0, '>0');
  }

  regex(pattern: RegExp, error = `Invalid string: must match pattern ${String(pattern)}`): Schema {
    const message = (value: unknown): string | undefined => (pattern.test(String(value)) ? undefined : error);
    return this.#withRule({ code: 'invalid_format', message });
  }

  refine(
    holds: (value: never) => boolean,
    {
      path = [],
      error = 'Invalid input',
    }: { readonly path?: readonly PropertyKey[]; readonly error?: string } = {},
  ): Schema {
    const message = (value: unknown): string | undefined => (holds(value as never) ? undefined : error);
    return this.#withRule({ code: 'custom', message, path });
  }

  describe(): this {
    return this;
  }

  exactOptional(): Schema {
    return new Schema({ ...this.parts, isOptional: true });
  }

  nullable(): Schema {
    return new Schema({ look: (value) => (value === null ? { value, issues: [] } : this.run(value)) });
  }

  #bounded(code: string, holds: (size: number) => boolean, bound: string): Schema {
    const { measured = 'number' } = this.parts;
    const isNumber = measured === 'number';
    const message = (value: unknown): string | undefined => {
      const size = typeof value === 'string' || Array.isArray(value) ? value.length : Number(value);
      if (holds(size)) return undefined;
      // A list where a text is expected has a length too; zod measures what came, and says so.
      const came = isNumber ? 'number' : Array.isArray(value) ? 'array' : 'string';
      return `Too ${code.slice(4)}: expected ${came} to ${isNumber ? 'be' : 'have'} ${bound}${UNITS[came]}`;
    };
    return this.#withRule({ code, message, always: !isNumber });
  }

  #withRule(rule: Rule): Schema {
    return new Schema({ ...this.parts, rules: [...(this.parts.rules ?? []), rule] });
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : String(value);
  if (typeof value !== 'object') return typeof value;
  const name = (value as { constructor?: { name?: string } }).constructor?.name;
  return Object.getPrototypeOf(value) === Object.prototype || name === undefined ? 'object' : name;
}
