/**
 * Observations on disk: what `colloquy diarize --save-observations` keeps and `colloquy resolve` clusters anew.
 *
 * Layout, little endian: 8 bytes magic, uint32 length of the header, the header as UTF-8 JSON padded with spaces to a
 * multiple of 4, `activity` (bytes, padded with zeros to a multiple of 4), `embeddings` (float32).
 */
import { z } from 'zod';
import { InvalidInputError } from '../errors.ts';
import { observationsFault } from '../resolution/check-observations.ts';
import type { Observations } from '../resolution/observations.ts';

const MAGIC = 'CLQOBS1\n';
const PREFIX_BYTES = MAGIC.length + 4;

/** Where observations come from: enough to resolve them as the run that made them would. */
export type ObservationsOrigin = {
  /** Preset of the run. */
  readonly preset: string;
  /** Models that took part, as in a result. */
  readonly models: readonly { readonly id: string; readonly task: string }[];
  readonly provider: string;
};

const count = z
  .int()
  .min(0)
  .max(2 ** 31);
const headerSchema = z.strictObject({
  schemaVersion: z.literal(1),
  origin: z.strictObject({
    preset: z.string().max(200),
    models: z.array(z.strictObject({ id: z.string().max(200), task: z.string().max(200) })).max(20),
    provider: z.string().max(50),
  }),
  sampleCount: z.int().min(0),
  chunkCount: count,
  chunkSamples: count.min(1),
  chunkHopSamples: count.min(1),
  frameGrid: z.strictObject({
    startSeconds: z.number(),
    durationSeconds: z.number().positive(),
    stepSeconds: z.number().positive(),
  }),
  framesPerChunk: count.min(1),
  localSpeakerCount: z.int().min(1).max(8),
  embeddingDimension: count.min(1),
});

/** The file as pieces, so that nobody has to hold it twice. */
export function encodeObservations(observations: Observations, origin: ObservationsOrigin): Uint8Array[] {
  const { activity, embeddings, ...shape } = observations;
  const json = JSON.stringify({ schemaVersion: 1, origin, ...shape });
  const header = new TextEncoder().encode(json);
  const headerBytes = roundUp4(header.length);
  const prefix = new Uint8Array(PREFIX_BYTES + headerBytes).fill(0x20);
  prefix.set(new TextEncoder().encode(MAGIC));
  new DataView(prefix.buffer).setUint32(MAGIC.length, headerBytes, true);
  prefix.set(header, PREFIX_BYTES);
  return [
    prefix,
    activity,
    new Uint8Array(roundUp4(activity.length) - activity.length),
    new Uint8Array(embeddings.buffer, embeddings.byteOffset, embeddings.byteLength),
  ];
}

/**
 * Reads a file of `encodeObservations`.
 *
 * @throws InvalidInputError `invalid_file` when it is something else, truncated or inconsistent
 */
export function decodeObservations(bytes: Uint8Array): {
  observations: Observations;
  origin: ObservationsOrigin;
} {
  const header = readHeader(bytes);
  const { schemaVersion: _version, origin, ...shape } = header.value;
  const activityLength = shape.chunkCount * shape.framesPerChunk;
  const embeddingsLength = shape.chunkCount * shape.localSpeakerCount * shape.embeddingDimension;
  const embeddingsStart = header.end + roundUp4(activityLength);
  const expectedBytes = embeddingsStart + 4 * embeddingsLength;
  if (bytes.length !== expectedBytes) {
    throw invalid(`it should hold ${expectedBytes} bytes and holds ${bytes.length}; it may be truncated`);
  }
  // Copies by constructor: `slice` of a Buffer would share memory and alignment with the whole file.
  const activity = new Uint8Array(bytes.subarray(header.end, header.end + activityLength));
  const embeddings = new Float32Array(new Uint8Array(bytes.subarray(embeddingsStart)).buffer);
  const observations = { ...shape, activity, embeddings };
  const fault = observationsFault(observations);
  if (fault !== undefined) throw invalid(fault);
  return { observations, origin };
}

function readHeader(bytes: Uint8Array): { value: z.infer<typeof headerSchema>; end: number } {
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC || bytes.length < PREFIX_BYTES) {
    throw invalid('it does not begin as one');
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true);
  const end = PREFIX_BYTES + length;
  if (end > bytes.length) throw invalid('its header is truncated');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes.subarray(PREFIX_BYTES, end)));
  } catch {
    throw invalid('its header is damaged');
  }
  const parsed = headerSchema.safeParse(json);
  if (!parsed.success) throw invalid(`its header is not valid: ${z.prettifyError(parsed.error)}`);
  return { value: parsed.data, end };
}

function invalid(reason: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_file',
    `Expected a file of observations: ${reason}. Make one with colloquy diarize --save-observations FILE.`,
  );
}

function roundUp4(length: number): number {
  return Math.ceil(length / 4) * 4;
}
