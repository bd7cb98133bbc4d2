/**
 * Reads Python pickles of numbers without ever executing one.
 *
 * A pickle is a program: the original machine imports what it names and calls it. This one knows only the opcodes that
 * build numbers, texts, bytes, lists, tuples and tables, and four functions of NumPy that make arrays of floating
 * point numbers (`pickle-numpy.ts`); everything else ends the reading. It is for moving old files over
 * (`colloquy voices import`), not for input of a service.
 *
 * @see CPython `Lib/pickletools.py`, protocols 0 to 5
 */
import { invalidPickle } from './pickle-error.ts';
import { NumpyDtype } from './pickle-numpy.ts';
import { OPCODES, type PickleMachine, MARK, STOP } from './pickle-opcodes.ts';
import { NumericArray } from './plain-values.ts';

export type PickleLimits = {
  readonly maxBytes: number;
  readonly maxMemo: number;
  /** Of all arrays together: a short pickle may make many of one piece of data. */
  readonly maxArrayElements: number;
};

/** Room for a hundred thousand voices. Every step takes a byte, so the size bounds the work. */
export const DEFAULT_PICKLE_LIMITS: PickleLimits = Object.freeze({
  maxBytes: 256 * 2 ** 20,
  maxMemo: 2_000_000,
  maxArrayElements: 2 ** 25,
});

/** Longest number or name in the text opcodes of protocol 0. */
const MAX_LINE_BYTES = 1 << 20;

/**
 * Reads one pickle: numbers, booleans, `null`, texts, `Uint8Array`, arrays for lists and tuples, `Map` for tables,
 * `NumericArray` for arrays of NumPy.
 *
 * @throws InvalidInputError `invalid_file` for everything that is not that, before anything of it takes effect
 */
export function parsePickle(bytes: Uint8Array, limits: PickleLimits = DEFAULT_PICKLE_LIMITS): unknown {
  if (bytes.length > limits.maxBytes) throw invalidPickle('it is too large');
  return new PickleReader(bytes, limits).read();
}

class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #limits: PickleLimits;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  #offset = 0;
  #arrayElements = 0;

  constructor(bytes: Uint8Array, limits: PickleLimits) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
  }

  read(): unknown {
    for (;;) {
      const opcode = this.#uint(1);
      if (opcode === STOP) return this.#result();
      const perform = OPCODES[opcode];
      if (perform === undefined)
        throw invalidPickle(`opcode 0x${opcode.toString(16).padStart(2, '0')} is not allowed`);
      perform(this.#machine);
    }
  }

  #result(): unknown {
    if (this.#stack.length !== 1) throw invalidPickle('it leaves more or less than one value');
    const value = this.#machine.pop();
    if (value instanceof NumpyDtype) throw invalidPickle('it holds no numbers');
    return value;
  }

  /** What opcodes may do. */
  readonly #machine: PickleMachine = {
    push: (value) => void this.#stack.push(value),
    pop: () => {
      if (this.#stack.length === 0) throw invalidPickle('it takes a value that is not there');
      const value = this.#stack.pop();
      if (value === MARK) throw invalidPickle('it takes a mark for a value');
      return value;
    },
    top: () => {
      const value = this.#stack.at(-1);
      if (this.#stack.length === 0 || value === MARK)
        throw invalidPickle('it uses a value that is not there');
      return value;
    },
    popToMark: () => {
      const place = this.#stack.lastIndexOf(MARK);
      if (place < 0) throw invalidPickle('a mark is missing');
      const values = this.#stack.splice(place);
      return values.slice(1);
    },
    pushMade: (value) => {
      if (value instanceof NumericArray) this.#arrayElements += value.data.length;
      if (value instanceof Uint8Array) this.#arrayElements += value.length;
      if (this.#arrayElements > this.#limits.maxArrayElements)
        throw invalidPickle('its arrays are too large');
      this.#stack.push(value);
    },
    uint: (count) => this.#uint(count),
    int32: () => this.#view.getInt32(this.#take(4), true),
    float64: () => this.#view.getFloat64(this.#take(8), false),
    bytes: (count) => {
      const start = this.#take(count);
      return this.#bytes.slice(start, start + count);
    },
    line: () => {
      const end = this.#bytes.indexOf(0x0a, this.#offset);
      if (end < 0 || end - this.#offset > MAX_LINE_BYTES) throw invalidPickle('a line has no end');
      const text = new TextDecoder('latin1').decode(this.#bytes.subarray(this.#offset, end));
      this.#offset = end + 1;
      return text.endsWith('\r') ? text.slice(0, -1) : text;
    },
    remember: (index) => {
      if (this.#memo.size >= this.#limits.maxMemo) throw invalidPickle('it remembers too many values');
      this.#memo.set(index ?? this.#memo.size, this.#machine.top());
    },
    recall: (index) => {
      if (!this.#memo.has(index)) throw invalidPickle('it recalls a value that it did not remember');
      this.#stack.push(this.#memo.get(index));
    },
  };

  /** Unsigned, little-endian, of up to 8 bytes. */
  #uint(count: number): number {
    const start = this.#take(count);
    let value = 0;
    for (let index = count - 1; index >= 0; index--) value = value * 256 + this.#bytes[start + index]!;
    return value;
  }

  /** Where the next bytes are, all of which must be there: no claimed length is believed. */
  #take(count: number): number {
    const start = this.#offset;
    if (!(count >= 0 && start + count <= this.#bytes.length)) throw invalidPickle('it is cut off');
    this.#offset += count;
    return start;
  }
}
