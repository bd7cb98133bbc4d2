import { InvalidInputError } from '../../../core/errors.ts';

/** What JSON text from outside may be, before anything is made of it. */
export type JsonLimits = {
  /** Lists and objects inside one another. Beyond a few thousand whoever writes such a value again overflows the stack. */
  readonly maxDepth: number;
  /** Members of all objects together; no object may have a name twice then. Neither is looked at unless given. */
  readonly maxMembers?: number;
};

/** Half of what Python's json takes, and far more than any result of ours. */
export const MAX_JSON_DEPTH = 500;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const LEFT_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const RIGHT_BRACKET = 0x5d;
const LEFT_BRACE = 0x7b;
const RIGHT_BRACE = 0x7d;

/** JSON text of an object: what it says, and the text of each member as it was written. */
export type JsonObjectText = {
  readonly value: Readonly<Record<string, unknown>>;
  /** Name -> text of the value, every digit as it came. */
  readonly members: ReadonlyMap<string, string>;
};

/**
 * Parses the text of a JSON object, within limits.
 *
 * @throws InvalidInputError `invalid_option` for anything else, without the text
 */
export function parseJsonObject(text: string, limits: JsonLimits): JsonObjectText {
  const members = scan(text, limits);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidInputError('invalid_option', 'The body must be JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInputError('invalid_option', 'The body must be a JSON object.');
  }
  return { value: value as Record<string, unknown>, members };
}

/** Names of an object that is open; undefined for a list. */
type Open = { readonly names: Set<string> | undefined };

/**
 * Goes over the text once, without recursion. Text that is no JSON is none of its business: it comes to an end, and
 * the parser refuses it.
 *
 * @returns the text of each member of the outermost object
 */
function scan(text: string, { maxDepth, maxMembers }: JsonLimits): Map<string, string> {
  const outer = new Map<string, string>();
  const open: Open[] = [];
  let memberCount = 0;
  let outerName: string | undefined;
  let valueStart = 0;

  const endOuterMember = (end: number): void => {
    if (open.length !== 1 || outerName === undefined) return;
    outer.set(outerName, text.slice(valueStart, end).trim());
    outerName = undefined;
  };
  const enterName = (names: Set<string>, name: string, colon: number): void => {
    if (open.length === 1) {
      outerName = name;
      valueStart = colon + 1;
    }
    if (maxMembers === undefined) return;
    if (++memberCount > maxMembers) throw refused(`has more than ${maxMembers} members`);
    if (names.has(name)) throw refused('names a member twice');
    names.add(name);
  };

  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      const names = open.at(-1)?.names;
      const colon = names === undefined ? -1 : colonAfter(text, end);
      if (names !== undefined && colon >= 0) enterName(names, nameIn(text, at, end), colon);
      at = end;
    } else if (code === LEFT_BRACE || code === LEFT_BRACKET) {
      open.push({ names: code === LEFT_BRACE ? new Set() : undefined });
      if (open.length > maxDepth) throw refused(`is nested deeper than ${maxDepth}`);
    } else if (code === RIGHT_BRACE || code === RIGHT_BRACKET) {
      endOuterMember(at);
      open.pop();
    } else if (code === COMMA) endOuterMember(at);
  }
  return outer;
}

function refused(problem: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `The JSON of the body ${problem}.`);
}

/** Place of the quote that ends the string which begins at `start`; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return at;
  }
  return text.length;
}

/** Place of the colon that makes a string a name; -1 where something else follows. */
function colonAfter(text: string, end: number): number {
  let at = end + 1;
  while (/[ \t\r\n]/.test(text.charAt(at))) at++;
  return text.charCodeAt(at) === COLON ? at : -1;
}

/** The name between two quotes, its escapes undone: `"a"` and `"\u0061"` are one name. */
function nameIn(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end);
  if (!raw.includes('\\')) return raw;
  try {
    return JSON.parse(text.slice(start, end + 1)) as string;
  } catch {
    return raw;
  }
}
