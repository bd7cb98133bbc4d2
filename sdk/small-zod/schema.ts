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

/** An issue of the value itself. */
export function issue(code: string, message: string, more: Partial<SmallIssue> = {}): SmallIssue {
  return { code, message, path: [], aborts: true, ...more };
}

/** The issue of a value of another kind. */
export function wrongKind(expected: string, value: unknown): SmallIssue {
  return issue('invalid_type', `Invalid input: expected ${expected}, received ${kindOf(value)}`);
}

export function fails({ issues }: Checked): boolean {
  return issues.some(({ aborts }) => aborts);
}

/** A schema: knows the kind of a value, and rules beyond. Methods give a new schema, as those of zod do. */
export class Schema {
  readonly isOptional: boolean = false;
  protected readonly rules: readonly Rule[] = [];

  /** Looks at the kind of a value and at its parts. */
  protected look(value: unknown): Checked {
    return { value, issues: [] };
  }

  run(value: unknown): Checked {
    const looked = this.look(value);
    const issues = [...looked.issues];
    const isSized = typeof looked.value === 'string' || Array.isArray(looked.value);
    for (const { code, message, always, path = [] } of this.rules) {
      const runs = always === true ? isSized : !issues.some(({ aborts }) => aborts);
      const text = runs ? message(looked.value) : undefined;
      if (text !== undefined) issues.push(issue(code, text, { path, aborts: false }));
    }
    return { value: looked.value, issues };
  }

  safeParse(value: unknown): SafeParsed {
    const { value: data, issues } = this.run(value);
    return issues.length === 0 ? { success: true, data } : { success: false, error: { issues } };
  }

  describe(): this {
    return this;
  }

  exactOptional(): this {
    return this.with({ isOptional: true });
  }

  nullable(): Schema {
    return new NullableSchema(this);
  }

  refine(
    holds: (value: never) => boolean,
    { path = [], error }: { readonly path?: readonly PropertyKey[]; readonly error?: string } = {},
  ): this {
    const message = (value: unknown): string | undefined =>
      holds(value as never) ? undefined : (error ?? 'Invalid input');
    return this.withRule({ code: 'custom', message, path });
  }

  protected with(changes: object): this {
    const copy = Object.create(Object.getPrototypeOf(this) as object) as this;
    return Object.assign(copy, this, changes);
  }

  protected withRule(rule: Rule): this {
    return this.with({ rules: [...this.rules, rule] });
  }
}

class NullableSchema extends Schema {
  protected readonly inner: Schema;

  constructor(inner: Schema) {
    super();
    this.inner = inner;
  }

  protected override look(value: unknown): Checked {
    return value === null ? { value, issues: [] } : this.inner.run(value);
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
