/** Schemas of values that hold others. */
import { type Checked, fails, issue, Schema, type SmallIssue, wrongKind } from './schema.ts';
import { OneOfSchema, SizedSchema } from './values.ts';

function inside(key: PropertyKey, issues: readonly SmallIssue[]): SmallIssue[] {
  return issues.map((one) => ({ ...one, path: [key, ...one.path] }));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Shape = Readonly<Record<string, Schema>>;

class ObjectSchema extends Schema {
  readonly shape: Shape;
  protected readonly isStrict: boolean;

  constructor(shape: Shape, isStrict: boolean) {
    super();
    this.shape = shape;
    this.isStrict = isStrict;
  }

  protected override look(value: unknown): Checked {
    if (!isObject(value)) return { value, issues: [wrongKind('object', value)] };
    const issues: SmallIssue[] = [];
    const known: Record<string, unknown> = {};
    for (const [key, schema] of Object.entries(this.shape)) {
      if (!(key in value) && schema.isOptional) continue;
      const checked = schema.run(value[key]);
      issues.push(...inside(key, checked.issues));
      if (key in value) known[key] = checked.value;
      else if (checked.issues.length === 0) issues.push(...inside(key, [MISSING]));
    }
    const keys = this.isStrict ? Object.keys(value).filter((key) => !Object.hasOwn(this.shape, key)) : [];
    if (keys.length > 0)
      issues.push(issue('unrecognized_keys', 'Unrecognized keys', { keys, aborts: false }));
    return { value: known, issues };
  }
}

const MISSING = issue('invalid_type', 'Invalid input: expected nonoptional, received undefined');

class ArraySchema extends SizedSchema {
  protected readonly item: Schema;

  constructor(item: Schema) {
    super('array', Array.isArray);
    this.item = item;
  }

  protected override look(value: unknown): Checked {
    if (!Array.isArray(value)) return super.look(value);
    const checked = value.map((one) => this.item.run(one));
    return {
      value: checked.map((one) => one.value),
      issues: checked.flatMap(({ issues }, index) => inside(index, issues)),
    };
  }
}

class TupleSchema extends Schema {
  protected readonly items: readonly Schema[];

  constructor(items: readonly Schema[]) {
    super();
    this.items = items;
  }

  protected override look(value: unknown): Checked {
    if (!Array.isArray(value)) return { value, issues: [wrongKind('tuple', value)] };
    const { length } = this.items;
    if (value.length < length) {
      return { value, issues: [issue('too_small', `Too small: expected array to have >=${length} items`)] };
    }
    const tooBig = issue('too_big', `Too big: expected array to have <=${length} items`);
    const checked = this.items.map((item, index) => item.run(value[index]));
    const issues = checked.flatMap((one, index) => inside(index, one.issues));
    return {
      value: checked.map((one) => one.value),
      issues: value.length > length ? [tooBig, ...issues] : issues,
    };
  }
}

class RecordSchema extends Schema {
  protected readonly key: Schema;
  protected readonly entry: Schema;

  constructor(key: Schema, entry: Schema) {
    super();
    this.key = key;
    this.entry = entry;
  }

  protected override look(value: unknown): Checked {
    if (!isObject(value)) return { value, issues: [wrongKind('record', value)] };
    const issues: SmallIssue[] = [];
    const known: Record<string, unknown> = {};
    for (const [name, one] of Object.entries(value)) {
      if (name === '__proto__') continue;
      if (this.key.run(name).issues.length > 0) {
        issues.push(issue('invalid_key', 'Invalid key in record', { path: [name] }));
        continue;
      }
      const checked = this.entry.run(one);
      issues.push(...inside(name, checked.issues));
      known[name] = checked.value;
    }
    return { value: known, issues };
  }
}

class UnionSchema extends Schema {
  protected readonly options: readonly Schema[];

  constructor(options: readonly Schema[]) {
    super();
    this.options = options;
  }

  protected override look(value: unknown): Checked {
    const checked: Checked[] = [];
    for (const option of this.options) {
      const one = option.run(value);
      if (one.issues.length === 0) return one;
      checked.push(one);
    }
    // One branch of the right kind tells more than all together.
    const [only, ...others] = checked.filter((one) => !fails(one));
    if (only !== undefined && others.length === 0) return only;
    const errors = checked.map(({ issues }) => issues);
    return { value, issues: [issue('invalid_union', 'Invalid input', { errors })] };
  }
}

/** A union whose branches are told apart by one field. */
class DiscriminatedUnionSchema extends Schema {
  protected readonly discriminator: string;
  protected readonly options: readonly ObjectSchema[];

  constructor(discriminator: string, options: readonly ObjectSchema[]) {
    super();
    this.discriminator = discriminator;
    this.options = options;
  }

  protected override look(value: unknown): Checked {
    if (!isObject(value)) return { value, issues: [wrongKind('object', value)] };
    const tag = value[this.discriminator];
    const option = this.options.find(({ shape }) => tagsOf(shape[this.discriminator]).includes(tag));
    if (option !== undefined) return option.run(value);
    const known = this.options.flatMap(({ shape }) => tagsOf(shape[this.discriminator]));
    const message = `Invalid discriminator value. Expected ${known.map((one) => `'${String(one)}'`).join(' | ')}`;
    return { value, issues: [issue('invalid_union', message, { path: [this.discriminator], errors: [] })] };
  }
}

function tagsOf(schema: Schema | undefined): readonly unknown[] {
  return schema instanceof OneOfSchema ? schema.values : [];
}

export const object = (shape: Shape): ObjectSchema => new ObjectSchema(shape, false);
export const strictObject = (shape: Shape): ObjectSchema => new ObjectSchema(shape, true);
export const array = (item: Schema): ArraySchema => new ArraySchema(item);
export const tuple = (items: readonly Schema[]): TupleSchema => new TupleSchema(items);
export const record = (key: Schema, entry: Schema): RecordSchema => new RecordSchema(key, entry);
export const union = (options: readonly Schema[]): UnionSchema => new UnionSchema(options);
export const discriminatedUnion = (
  discriminator: string,
  options: readonly ObjectSchema[],
): DiscriminatedUnionSchema => new DiscriminatedUnionSchema(discriminator, options);
