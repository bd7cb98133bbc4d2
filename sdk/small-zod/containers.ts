/** Schemas of values that hold others. */
import { type Checked, fails, issue, Schema, type SmallIssue, wrongKind } from './schema.ts';

function inside(key: PropertyKey, issues: readonly SmallIssue[]): SmallIssue[] {
  return issues.map((one) => ({ ...one, path: [key, ...one.path] }));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Shape = Readonly<Record<string, Schema>>;

const MISSING = issue('invalid_type', 'Invalid input: expected nonoptional, received undefined');

function objectOf(shape: Shape, isStrict: boolean): Schema {
  return new Schema({
    shape,
    look(value) {
      if (!isObject(value)) return { value, issues: [wrongKind('object', value)] };
      const issues: SmallIssue[] = [];
      const known: Record<string, unknown> = {};
      for (const [key, schema] of Object.entries(shape)) {
        const isPresent = key in value;
        if (!isPresent && schema.parts.isOptional === true) continue;
        const checked = schema.run(value[key]);
        issues.push(...inside(key, checked.issues));
        if (isPresent) known[key] = checked.value;
        else if (checked.issues.length === 0) issues.push(...inside(key, [MISSING]));
      }
      const keys = isStrict ? Object.keys(value).filter((key) => !Object.hasOwn(shape, key)) : [];
      if (keys.length > 0)
        issues.push(issue('unrecognized_keys', 'Unrecognized keys', { keys, aborts: false }));
      return { value: known, issues };
    },
  });
}

export const object = (shape: Shape): Schema => objectOf(shape, false);
export const strictObject = (shape: Shape): Schema => objectOf(shape, true);

/** The parts of a list, each by its schema. */
function itemsOf(values: readonly unknown[], schemaOf: (index: number) => Schema): Checked {
  const checked = values.map((value, index) => schemaOf(index).run(value));
  return {
    value: checked.map(({ value }) => value),
    issues: checked.flatMap(({ issues }, index) => inside(index, issues)),
  };
}

export function array(item: Schema): Schema {
  return new Schema({
    measured: 'array',
    look: (value) =>
      Array.isArray(value) ? itemsOf(value, () => item) : { value, issues: [wrongKind('array', value)] },
  });
}

export function tuple(items: readonly Schema[]): Schema {
  const { length } = items;
  return new Schema({
    look(value) {
      if (!Array.isArray(value)) return { value, issues: [wrongKind('tuple', value)] };
      if (value.length < length) {
        const tooFew = issue('too_small', `Too small: expected array to have >=${length} items`);
        return { value, issues: [tooFew] };
      }
      const checked = itemsOf(value.slice(0, length), (index) => items[index]!);
      if (value.length === length) return checked;
      const tooMany = issue('too_big', `Too big: expected array to have <=${length} items`);
      return { value: checked.value, issues: [tooMany, ...checked.issues] };
    },
  });
}

export function record(name: Schema, entry: Schema): Schema {
  return new Schema({
    look(value) {
      if (!isObject(value)) return { value, issues: [wrongKind('record', value)] };
      const issues: SmallIssue[] = [];
      const known: Record<string, unknown> = {};
      for (const [key, one] of Object.entries(value)) {
        if (key === '__proto__') continue;
        if (name.run(key).issues.length > 0) {
          issues.push(issue('invalid_key', 'Invalid key in record', { path: [key] }));
          continue;
        }
        const checked = entry.run(one);
        issues.push(...inside(key, checked.issues));
        known[key] = checked.value;
      }
      return { value: known, issues };
    },
  });
}

export function union(options: readonly Schema[]): Schema {
  return new Schema({
    look(value) {
      const checked: Checked[] = [];
      for (const option of options) {
        const one = option.run(value);
        if (one.issues.length === 0) return one;
        checked.push(one);
      }
      // One branch of the right kind tells more than all together.
      const [only, ...others] = checked.filter((one) => !fails(one));
      if (only !== undefined && others.length === 0) return only;
      const errors = checked.map(({ issues }) => issues);
      return { value, issues: [issue('invalid_union', 'Invalid input', { errors })] };
    },
  });
}

/** A union whose branches are told apart by one field. */
export function discriminatedUnion(field: string, options: readonly Schema[]): Schema {
  const tagsOf = ({ shape }: Schema): readonly unknown[] => shape?.[field]?.parts.values ?? [];
  const known = options.flatMap(tagsOf).map((tag) => `'${String(tag)}'`);
  const text = `Invalid discriminator value. Expected ${known.join(' | ')}`;
  return new Schema({
    look(value) {
      if (!isObject(value)) return { value, issues: [wrongKind('object', value)] };
      const option = options.find((one) => tagsOf(one).includes(value[field]));
      if (option !== undefined) return option.run(value);
      return { value, issues: [issue('invalid_union', text, { path: [field], errors: [] })] };
    },
  });
}
