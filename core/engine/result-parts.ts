/**
 * Long lists of a result travel in slices, so that no message takes the parent's event loop long to read.
 *
 * A transcript of ten hours in one message would stop heartbeats and sockets for hundreds of milliseconds.
 */

/** Items of one slice; reading one takes well under a millisecond. */
const SLICE_ITEMS = 1_000;

export type ResultPart = { readonly field: string; readonly items: readonly unknown[] };

/** A result without its long lists, and these in slices, in order. */
export function splitResult(value: unknown): {
  readonly rest: unknown;
  readonly parts: readonly ResultPart[];
} {
  if (!isPlainObject(value)) return { rest: value, parts: [] };
  const rest: Record<string, unknown> = {};
  const parts: ResultPart[] = [];
  for (const [field, content] of Object.entries(value)) {
    if (!Array.isArray(content) || content.length <= SLICE_ITEMS) {
      rest[field] = content;
      continue;
    }
    rest[field] = [];
    for (let start = 0; start < content.length; start += SLICE_ITEMS) {
      parts.push({ field, items: content.slice(start, start + SLICE_ITEMS) });
    }
  }
  return { rest, parts };
}

/** The inverse of `splitResult`; appends to the empty lists of `rest`. */
export function joinResult(rest: unknown, parts: readonly ResultPart[]): unknown {
  if (!isPlainObject(rest)) return rest;
  for (const { field, items } of parts) {
    const list = rest[field] as unknown[];
    for (const item of items) list.push(item);
  }
  return rest;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
