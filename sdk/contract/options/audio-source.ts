import * as z from 'zod';

/** Recordings that one job may hold. */
export const MAX_AUDIO_INPUTS = 100;

/** S3 keys hold at most 1,024 bytes, buckets 63 characters. */
const bucket = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected a bucket name: 3 to 63 of a-z 0-9 . -');
const key = z.string().min(1).max(1024);

/** One object of an S3-compatible store. Credentials are the worker's own, never part of a job. */
export const s3LocationSchema = z.strictObject({
  bucket,
  key,
  region: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected the name of a region as eu-central-1')
    .exactOptional()
    .describe('Region of the bucket; the worker knows its own.'),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .exactOptional()
    .describe('Base URL of a store that is not AWS.'),
});

/** Audio by URL: the worker fetches it, from public addresses only. */
export const urlSourceSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
    .max(8192)
    .describe('Where the worker fetches the audio. Presigned URLs are fine.'),
});

/** Audio inside the job: any container, encoded as base64 (also URL-safe, also as data URI). */
export const base64SourceSchema = z.strictObject({
  base64: z
    .string()
    .min(1)
    .describe('The file itself as base64; a data URI prefix and whitespace are allowed.'),
});

/** Audio in an S3-compatible store that the worker may read. */
export const s3SourceSchema = z.strictObject({ s3: s3LocationSchema });

/** Where one recording comes from: exactly one of `url`, `base64`, `s3`. */
export const audioSourceSchema = z
  .union([urlSourceSchema, base64SourceSchema, s3SourceSchema])
  .describe('One recording: exactly one of url, base64, s3.');

/** One recording, or several that are worked off with the same options. */
export const audioInputsSchema = z
  .union([audioSourceSchema, z.array(audioSourceSchema).min(1).max(MAX_AUDIO_INPUTS)])
  .describe('One recording or several.');
