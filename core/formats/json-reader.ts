import { InvalidInputError } from '../errors.ts';

/** Reads a value found at `path`; throws `invalid_file` where it is not of the kind expected. */
export type JsonReader<T> = (value: unknown, path: string) => T;

/** The error for a value that does not fit; its content stays out of the message. */
export function invalidJson(path: string, expected: string, value: unknown): InvalidInputError {
  const kind = kindOf(value);
  return new InvalidInputError(
    'invalid_file',
    `JSON: expected ${expected} at ${path || 'the top'}, got ${kind}.`,
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * The value of a JSON text.
 *
 * @throws InvalidInputError `invalid_file` where it is no JSON
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as unknown;
  } catch (cause) {
    // The parser's own message quotes the text.
    const position = /position (\d+)/.exec(String(cause))?.[1];
    throw new InvalidInputError(
      'invalid_file',
      `JSON: not readable${position ? ` at character ${position}` : ''}.`,
    );
  }
}

export const readString: JsonReader<string> = (value, path) => {
  if (typeof value !== 'string') throw invalidJson(path, 'a text', value);
  return value;
};

export const readNumber: JsonReader<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalidJson(path, 'a number', value);
  return value;
};

export const readBoolean: JsonReader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw invalidJson(path, 'true or false', value);
  return value;
};

/** A JSON object, as it is. */
export const readObject: JsonReader<Readonly<Record<string, unknown>>> = (value, path) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidJson(path, 'an object', value);
  return value as Readonly<Record<string, unknown>>;
};

/** An array of values of one kind. */
export function arrayOf<T>(read: JsonReader<T>): JsonReader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw invalidJson(path, 'an array', value);
    return value.map((item, index) => read(item, `${path}[${index}]`));
  };
}

/** A value or `null`. */
export function nullable<T>(read: JsonReader<T>): JsonReader<T | null> {
  return (value, path) => (value === null ? null : read(value, path));
}

/** A value that may be missing. */
export function optional<T>(read: JsonReader<T>): JsonReader<T | undefined> {
  return (value, path) => (value === undefined ? undefined : read(value, path));
}

/** An object with these fields; others are left out, missing optional ones stay missing. */
export function objectOf<T extends object>(fields: {
  readonly [K in keyof T]-?: JsonReader<T[K]>;
}): JsonReader<T> {
  return (value, path) => {
    const source = readObject(value, path);
    const result: Partial<T> = {};
    for (const name of Object.keys(fields) as (keyof T & string)[]) {
      const own = Object.hasOwn(source, name) ? source[name] : undefined;
      const field = fields[name](own, path ? `${path}.${name}` : name);
      if (field !== undefined) result[name] = field;
    }
    return result as T;
  };
}
