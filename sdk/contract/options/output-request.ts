import * as z from 'zod';
import { s3LocationSchema } from './audio-source.ts';

/** Name of a file format, as `srt`; the worker lists those that it knows when it meets another. */
export const formatName = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'expected the name of a format as srt');

/** Where files of the result go: key is a folder-like prefix. */
export const outputS3Schema = z.strictObject({
  bucket: s3LocationSchema.shape.bucket,
  prefix: z
    .string()
    .max(900)
    .exactOptional()
    .describe('Start of the keys; the rest is derived from the job. Default: none.'),
  region: s3LocationSchema.shape.region,
  endpoint: s3LocationSchema.shape.endpoint,
});

/** What shall come back, and where. */
export const outputRequestSchema = z.strictObject({
  formats: z
    .array(formatName)
    .max(32)
    .exactOptional()
    .describe('Files to render beside the JSON result. Default: none.'),
  s3: outputS3Schema
    .exactOptional()
    .describe('Put the files there instead of into the result. Default: into the result.'),
  inline: z
    .boolean()
    .exactOptional()
    .describe('False: the JSON result goes to S3 too, and only its address comes back. Default: true.'),
});
