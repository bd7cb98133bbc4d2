/** Fields of a WAV file; every one may be a lie. */
export type WavFields = {
  readonly formatTag?: number;
  readonly channels?: number;
  readonly sampleRate?: number;
  readonly bits?: number;
  readonly blockAlign?: number;
  readonly data?: Uint8Array;
  /** What the data chunk claims; by default the truth. */
  readonly dataSize?: number;
  readonly riffId?: string;
  /** Whole chunks between the file's start and its format. */
  readonly before?: readonly Uint8Array[];
  /** Whole chunks between its format and its data. */
  readonly between?: readonly Uint8Array[];
  /** Bytes after the format tag's 16 (extensible formats). */
  readonly formatExtension?: Uint8Array;
};

/** A WAV file built by hand from the specification, apart from the product's own writer. */
export function wavBytes(fields: WavFields = {}): Uint8Array {
  const { formatTag = 1, channels = 1, sampleRate = 16_000, bits = 16, data = new Uint8Array(0) } = fields;
  const blockAlign = fields.blockAlign ?? (channels * Math.ceil(bits / 8)) % 65_536;
  const format = Buffer.alloc(16);
  format.writeUInt16LE(formatTag, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE((sampleRate * blockAlign) % 2 ** 32, 8);
  format.writeUInt16LE(blockAlign, 12);
  format.writeUInt16LE(bits, 14);
  const body = Buffer.concat([
    Buffer.from('WAVE'),
    ...(fields.before ?? []),
    riffChunk('fmt ', Buffer.concat([format, fields.formatExtension ?? new Uint8Array(0)])),
    ...(fields.between ?? []),
    riffChunk('data', data, fields.dataSize),
  ]);
  const head = Buffer.alloc(8);
  head.write(fields.riffId ?? 'RIFF', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** A RIFF chunk with its padding byte; `size` may claim something else. */
export function riffChunk(id: string, body: Uint8Array, size = body.length): Uint8Array {
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(size, 4);
  return Buffer.concat([head, body, new Uint8Array(body.length % 2)]);
}

/** Body of a `ds64` chunk. */
export function longSizes(dataBytes: bigint): Uint8Array {
  const body = Buffer.alloc(28);
  body.writeBigUInt64LE(dataBytes, 8);
  return body;
}

/** 16-bit samples as bytes. */
export function int16Bytes(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => bytes.writeInt16LE(value, 2 * i));
  return bytes;
}

/** 32-bit float samples as bytes. */
export function float32Bytes(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  return bytes;
}
