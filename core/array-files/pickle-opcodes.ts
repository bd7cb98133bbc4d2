/** The opcodes of Python pickles that build values, and what each does. See `pickle.ts`. */
import { invalidPickle } from './pickle-error.ts';
import { buildState, callFunction, findFunction } from './pickle-numpy.ts';

/** Marks a place of the stack. */
export const MARK = Symbol('mark');

/** What opcodes may do: a stack, a memory, and the bytes that follow. */
export type PickleMachine = {
  readonly push: (value: unknown) => void;
  /** Pushes what a function made, within the limit on arrays. */
  readonly pushMade: (value: unknown) => void;
  readonly pop: () => unknown;
  readonly top: () => unknown;
  readonly popToMark: () => unknown[];
  readonly uint: (bytes: number) => number;
  readonly int32: () => number;
  readonly float64: () => number;
  readonly bytes: (count: number) => Uint8Array;
  readonly line: () => string;
  readonly remember: (index?: number) => void;
  readonly recall: (index: number) => void;
};

/** Ends a pickle. */
export const STOP = 0x2e;

/** Every opcode that is performed, by its byte. What is not here is refused. */
export const OPCODES: Readonly<Record<number, (machine: PickleMachine) => void>> = {
  // PROTO, FRAME: the version and the length of what follows, neither of which changes anything.
  0x80: ({ uint }) => {
    if (uint(1) > 5) throw invalidPickle('its protocol is unknown');
  },
  0x95: ({ uint }) => void uint(8),
  // MARK, POP, POP_MARK
  0x28: ({ push }) => push(MARK),
  0x30: ({ pop }) => void pop(),
  0x31: ({ popToMark }) => void popToMark(),
  // NONE, NEWTRUE, NEWFALSE
  0x4e: ({ push }) => push(null),
  0x88: ({ push }) => push(true),
  0x89: ({ push }) => push(false),
  // INT, BININT, BININT1, BININT2, LONG, LONG1, FLOAT, BINFLOAT
  0x49: ({ push, line }) => push(textInteger(line())),
  0x4a: ({ push, int32 }) => push(int32()),
  0x4b: ({ push, uint }) => push(uint(1)),
  0x4d: ({ push, uint }) => push(uint(2)),
  0x4c: ({ push, line }) => push(textInteger(line().replace(/L$/, ''))),
  0x8a: ({ push, uint, bytes }) => push(longInteger(bytes(uint(1)))),
  0x46: ({ push, line }) => push(textNumber(line())),
  0x47: ({ push, float64 }) => push(float64()),
  // BINSTRING, SHORT_BINSTRING (bytes of Python 2), BINBYTES, SHORT_BINBYTES, BINBYTES8, BYTEARRAY8
  0x54: ({ push, uint, bytes }) => push(bytes(uint(4))),
  0x55: ({ push, uint, bytes }) => push(bytes(uint(1))),
  0x42: ({ push, uint, bytes }) => push(bytes(uint(4))),
  0x43: ({ push, uint, bytes }) => push(bytes(uint(1))),
  0x8e: ({ push, uint, bytes }) => push(bytes(uint(8))),
  0x96: ({ push, uint, bytes }) => push(bytes(uint(8))),
  // UNICODE, BINUNICODE, SHORT_BINUNICODE, BINUNICODE8
  0x56: ({ push, line }) => push(rawUnicode(line())),
  0x58: ({ push, uint, bytes }) => push(utf8(bytes(uint(4)))),
  0x8c: ({ push, uint, bytes }) => push(utf8(bytes(uint(1)))),
  0x8d: ({ push, uint, bytes }) => push(utf8(bytes(uint(8)))),
  // EMPTY_LIST, LIST, APPEND, APPENDS; EMPTY_TUPLE, TUPLE, TUPLE1, TUPLE2, TUPLE3
  0x5d: ({ push }) => push([]),
  0x6c: ({ push, popToMark }) => push(popToMark()),
  0x61: ({ pop, top }) => {
    const value = pop();
    listAt(top()).push(value);
  },
  0x65: ({ popToMark, top }) => {
    const values = popToMark();
    const list = listAt(top());
    for (const value of values) list.push(value);
  },
  0x29: ({ push }) => push([]),
  0x74: ({ push, popToMark }) => push(popToMark()),
  0x85: ({ push, pop }) => push([pop()]),
  0x86: ({ push, pop }) => push([pop(), pop()].reverse()),
  0x87: ({ push, pop }) => push([pop(), pop(), pop()].reverse()),
  // EMPTY_DICT, DICT, SETITEM, SETITEMS
  0x7d: ({ push }) => push(new Map()),
  0x64: ({ push, popToMark }) => push(withItems(new Map(), popToMark())),
  0x73: ({ pop, top }) => {
    const value = pop();
    const key = pop();
    withItems(top(), [key, value]);
  },
  0x75: ({ popToMark, top }) => {
    const items = popToMark();
    withItems(top(), items);
  },
  // PUT, BINPUT, LONG_BINPUT, MEMOIZE; GET, BINGET, LONG_BINGET
  0x70: ({ remember, line }) => remember(textInteger(line())),
  0x71: ({ remember, uint }) => remember(uint(1)),
  0x72: ({ remember, uint }) => remember(uint(4)),
  0x94: ({ remember }) => remember(),
  0x67: ({ recall, line }) => recall(textInteger(line())),
  0x68: ({ recall, uint }) => recall(uint(1)),
  0x6a: ({ recall, uint }) => recall(uint(4)),
  // GLOBAL, STACK_GLOBAL, REDUCE, BUILD: only what pickle-numpy.ts knows.
  0x63: ({ push, line }) => push(findFunction(line(), line())),
  0x93: ({ push, pop }) => {
    const name = pop();
    push(findFunction(pop(), name));
  },
  0x52: ({ pushMade, pop }) => {
    const values = pop();
    pushMade(callFunction(pop(), values));
  },
  0x62: ({ pushMade, pop }) => {
    const state = pop();
    pushMade(buildState(pop(), state));
  },
};

function listAt(value: unknown): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw invalidPickle('it appends to something that is no list');
}

function withItems(table: unknown, items: readonly unknown[]): unknown {
  if (!(table instanceof Map) || items.length % 2 !== 0)
    throw invalidPickle('it fills something that is no table');
  for (let index = 0; index < items.length; index += 2) table.set(items[index], items[index + 1]);
  return table;
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalidPickle('a text is no UTF-8');
  }
}

/** Latin-1 with `\uXXXX` for the rest, as protocol 0 writes texts. */
function rawUnicode(text: string): string {
  return text.replaceAll(/\\u([0-9a-fA-F]{4})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  );
}

function textInteger(text: string): number {
  if (!/^[+-]?\d{1,19}$/.test(text)) throw invalidPickle('a whole number is none');
  return Number(text);
}

function textNumber(text: string): number {
  if (/^[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})(e[+-]?\d{1,4})?$/i.test(text)) return Number(text);
  throw invalidPickle('a number is none');
}

/** Two's complement, little-endian. */
function longInteger(bytes: Uint8Array): number {
  if (bytes.length > 8) throw invalidPickle('a whole number is too large');
  let value = 0n;
  bytes.forEach((byte, index) => (value |= BigInt(byte) << BigInt(8 * index)));
  return Number(BigInt.asIntN(Math.max(1, 8 * bytes.length), value));
}
