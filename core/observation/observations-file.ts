/**
 * Observations on disk: what `colloquy diarize --save-observations` keeps and `colloquy resolve` clusters anew.
 *
 * Layout, little endian: 8 bytes magic, uint32 length of the header, the header as UTF-8 JSON padded with spaces to a
 * multiple of 4, `activity` (bytes, padded with zeros to a multiple of 4), `embeddings` (float32); where segments of
 * several scales were embedded (version 2), starts and ends of the segments of each scale (float32). A part of a recording
 * (version 3) says which one.
 */
import * as z from 'zod';
import { InvalidInputError } from '../errors.ts';
import { observationsFault } from '../resolution/check-observations.ts';
import type { Observations, ObservedScale } from '../resolution/observations.ts';
import { joinObservations, type ObservationsPart } from './join-observations.ts';

const MAGIC = 'CLQOBS1\n';
const PREFIX_BYTES = MAGIC.length + 4;
const NEWEST_VERSION = 3;

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
  schemaVersion: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  origin: z.strictObject({
    preset: z.string().max(1200),
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
  /** Segments of each scale. */
  scaleSizes: z.array(count).min(1).max(100).optional(),
  /** Absent: the whole recording. */
  part: z.strictObject({ firstChunk: count, isLast: z.boolean() }).optional(),
});
type Header = z.infer<typeof headerSchema>;

/**
 * The file as pieces, so that nobody has to hold it twice.
 *
 * @param part where the observations are those of a part of the recording
 */
export function encodeObservations(
  observations: Observations,
  origin: ObservationsOrigin,
  part?: Omit<ObservationsPart, 'observations'>,
): Uint8Array[] {
  const { activity, embeddings, scales, ...shape } = observations;
  const scaleSizes = scales?.map(({ startSeconds }) => startSeconds.length);
  const schemaVersion = part !== undefined ? 3 : scales === undefined ? 1 : 2;
  const kept = part && { firstChunk: part.firstChunk, isLast: part.isLast };
  const json = JSON.stringify({ schemaVersion, origin, ...shape, scaleSizes, part: kept });
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
    bytesOf(embeddings),
    ...(scales ?? []).flatMap(({ startSeconds, endSeconds }) => [bytesOf(startSeconds), bytesOf(endSeconds)]),
  ];
}

/** Observations of a whole recording, and where they come from. */
type Decoded = { observations: Observations; origin: ObservationsOrigin };

/**
 * Reads a file of `encodeObservations`, or those of all parts of a recording.
 *
 * @param files in any order
 * @throws InvalidInputError `invalid_file` when one is something else, truncated or inconsistent, and where parts are
 *   missing, there twice or made with other models
 */
export function decodeObservations(...files: readonly Uint8Array[]): Decoded {
  const parts = files.map(decodePart);
  const origin = parts[0]?.origin;
  if (origin === undefined) throw invalid('there is none');
  if (parts.some((part) => JSON.stringify(part.origin) !== JSON.stringify(origin)))
    throw invalid('the parts were made with other presets, models or providers');
  return { observations: joinObservations(parts), origin };
}

type DecodedPart = ObservationsPart & { readonly origin: ObservationsOrigin };

function decodePart(bytes: Uint8Array): DecodedPart {
  const header = readHeader(bytes);
  const { schemaVersion: _version, origin, scaleSizes, part, ...shape } = header.value;
  const activityLength = shape.chunkCount * shape.framesPerChunk;
  const embeddingsStart = header.end + roundUp4(activityLength);
  const embeddingsLength = shape.embeddingDimension * vectorCountOf(header.value);
  const segmentCount = sum(scaleSizes ?? []);
  const expectedBytes = embeddingsStart + 4 * (embeddingsLength + 2 * segmentCount);
  if (bytes.length !== expectedBytes) {
    throw invalid(`it should hold ${expectedBytes} bytes and holds ${bytes.length}; it may be truncated`);
  }
  // Copies by constructor: `slice` of a Buffer would share memory and alignment with the whole file.
  const activity = new Uint8Array(bytes.subarray(header.end, header.end + activityLength));
  const floats = new Float32Array(new Uint8Array(bytes.subarray(embeddingsStart)).buffer);
  const embeddings = floats.subarray(0, embeddingsLength);
  const scales = scaleSizes && { scales: scalesOf(floats.subarray(embeddingsLength), scaleSizes) };
  const observations = { ...shape, activity, embeddings, ...scales };
  const fault = observationsFault(observations);
  if (fault !== undefined) throw invalid(fault);
  return { observations, origin, ...(part ?? { firstChunk: 0, isLast: true }) };
}

function vectorCountOf({ scaleSizes, chunkCount, localSpeakerCount }: Header): number {
  return scaleSizes === undefined ? chunkCount * localSpeakerCount : sum(scaleSizes);
}

function scalesOf(times: Float32Array, sizes: readonly number[]): ObservedScale[] {
  let start = 0;
  return sizes.map((size) => {
    const scale = {
      startSeconds: times.slice(start, start + size),
      endSeconds: times.slice(start + size, start + 2 * size),
    };
    start += 2 * size;
    return scale;
  });
}

function readHeader(bytes: Uint8Array): { value: Header; end: number } {
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
  const version = (json as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > NEWEST_VERSION) {
    throw invalid(`it is of version ${version}, this program reads up to ${NEWEST_VERSION}`);
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

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function roundUp4(length: number): number {
  return Math.ceil(length / 4) * 4;
}
