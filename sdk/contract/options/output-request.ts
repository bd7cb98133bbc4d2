import * as z from 'zod';
import { s3LocationSchema } from './audio-source.ts';

/** Name of a file format, as `srt`; the worker lists those that it knows when it meets another. */
export const formatName = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, 'expected the name of a format as srt');

/** S3 counts the bytes of a key; `.` and `..` between slashes are taken out of every link to it. */
const exactKey = s3LocationSchema.shape.key.refine(
  (key) => new TextEncoder().encode(key).length <= 1024 && !/^\/|(?:^|\/)\.\.?(?:\/|$)/.test(key),
  'expected 1 to 1,024 bytes, no slash first, no . or .. as a part',
);

/** Where files of the result go: below a prefix, or the whole result under one key. */
export const outputS3Schema = z.strictObject({
  bucket: s3LocationSchema.shape.bucket,
  prefix: z
    .string()
    .max(900)
    .exactOptional()
    .describe('Start of the keys; the rest is derived from the job. Default: none.'),
  key: exactKey
    .exactOptional()
    .describe(
      'Exact key of the JSON result, files inside; beside `inline` false. Default: one derived from the job.',
    ),
  ifAbsent: z
    .boolean()
    .exactOptional()
    .describe('A result under `key` stays, and no work is done for it. Default: false.'),
  region: s3LocationSchema.shape.region,
  endpoint: s3LocationSchema.shape.endpoint,
});

/** What shall come back, and where. */
export const outputRequestSchema = z
  .strictObject({
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
  })
  .refine(({ s3, inline }) => s3?.key === undefined || (inline === false && s3.prefix === undefined), {
    path: ['s3', 'key'],
    error: 'expected beside inline: false, without prefix',
  })
  .refine(({ s3 }) => s3?.ifAbsent === undefined || s3.key !== undefined, {
    path: ['s3', 'ifAbsent'],
    error: 'expected beside key',
  });
