/**
 * The wire format of protobuf, as far as ONNX files need it.
 *
 * @see protobuf.dev/programming-guides/encoding
 */
import { InvalidInputError } from '../../errors.ts';

/** How a field is encoded: 0 variable integer, 1 eight bytes, 2 a length and so many bytes, 5 four bytes. */
export type WireType = 0 | 1 | 2 | 5;

/** One field of a message. `bytes` is a view that ends where the next field begins. */
export type Field = {
  readonly number: number;
  readonly wire: WireType;
  /** Of wire type 0; 0 for all others. */
  readonly value: number;
  /** Of all other wire types; empty for 0, but in its place. */
  readonly bytes: Uint8Array;
  /** The whole field as it stands in the message: to copy what need not be understood. */
  readonly raw: Uint8Array;
};

/**
 * The fields of a message, in order.
 *
 * @throws InvalidInputError `invalid_file` for bytes that are no message
 */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new WireReader(message);
  while (!reader.atEnd) {
    const start = reader.position;
    const key = reader.varint();
    const wire = key % 8;
    if (wire !== 0 && wire !== 1 && wire !== 2 && wire !== 5)
      throw invalidModel(`it has a field of wire type ${wire}`);
    const value = wire === 0 ? reader.varint() : 0;
    const content = reader.skip(wire === 1 ? 8 : wire === 2 ? reader.varint() : wire === 5 ? 4 : 0);
    yield new WireField(reader.bytes, Math.floor(key / 8), wire, value, [start, content, reader.position]);
  }
}

/** A field whose views are made when they are asked for: of most fields nobody looks at one, of few at both. */
class WireField implements Field {
  readonly number: number;
  readonly wire: WireType;
  readonly value: number;
  readonly #message: Uint8Array;
  readonly #places: readonly [start: number, content: number, end: number];

  constructor(
    message: Uint8Array,
    number: number,
    wire: WireType,
    value: number,
    places: readonly [start: number, content: number, end: number],
  ) {
    this.#message = message;
    this.number = number;
    this.wire = wire;
    this.value = value;
    this.#places = places;
  }

  get bytes(): Uint8Array {
    const [, content, end] = this.#places;
    return this.#message.subarray(content, end);
  }

  get raw(): Uint8Array {
    const [start, , end] = this.#places;
    return this.#message.subarray(start, end);
  }
}

/**
 * The integers of a repeated field, which come one by one or packed.
 *
 * @throws InvalidInputError `invalid_file` for packed bytes that end in the middle of an integer
 */
export function integersOf({ wire, value, bytes }: Field): number[] {
  if (wire === 0) return [value];
  const values: number[] = [];
  for (const reader = new WireReader(bytes); !reader.atEnd;) values.push(reader.varint());
  return values;
}

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Text of a field. */
export function fieldText({ bytes }: Field): string {
  return decoder.decode(bytes);
}

/** Bytes to be written one piece after another: messages lie in messages, and are copied once, at the end. */
export type Pieces = readonly Uint8Array[];

/** A field of an integer of at most 53 bits; a negative one takes ten bytes. */
export function integerField(number: number, value: number): Pieces {
  return [varint(number * 8), varint(value)];
}

/** A field of a float32. */
export function floatField(number: number, value: number): Pieces {
  return [varint(number * 8 + 5), new Uint8Array(Float32Array.of(value).buffer)];
}

/** A field of a message or of other bytes. */
export function bytesField(number: number, pieces: Pieces): Pieces {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return [varint(number * 8 + 2), varint(length), ...pieces];
}

/** A field of text. */
export function textField(number: number, text: string): Pieces {
  return bytesField(number, [encoder.encode(text)]);
}

/** All bytes one after another. */
export function joinPieces(pieces: Pieces): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    joined.set(piece, position);
    position += piece.length;
  }
  return joined;
}

/** What to throw for bytes that are no ONNX file. */
export function invalidModel(reason: string): InvalidInputError {
  return new InvalidInputError('invalid_file', `Expected an ONNX model: ${reason}.`);
}

class WireReader {
  readonly bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    // Views into a Buffer are Buffers again, which take several times as long to make.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#position;
  }

  get atEnd(): boolean {
    return this.#position >= this.bytes.length;
  }

  varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.bytes[this.#position++];
      if (byte === undefined) throw invalidModel('it ends in the middle of a field');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw invalidModel('it has a number of more than 64 bits');
  }

  /** Passes over so many bytes and says where they begin. */
  skip(length: number): number {
    const start = this.#position;
    if (start + length > this.bytes.length) throw invalidModel('it ends in the middle of a field');
    this.#position = start + length;
    return start;
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value < 0 ? BigInt.asUintN(64, BigInt(value)) : BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
