import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';
import { InvalidInputError, isSpeechError } from '../../../core/errors.ts';
import { machineLimit } from '../../../core/machine-limits.ts';
import type { Spool, SpooledFile } from './spool.ts';
import type { UploadLimits } from './upload-limits.ts';

/** A file of a form. */
export type FormFile = SpooledFile & {
  /** Name of the field. */
  readonly field: string;
  /** As the sender called it: free text, only shown. */
  readonly name: string;
  /** The sender gave it no name, as browsers do where nothing was chosen. */
  readonly isNameless?: boolean;
};

/** A form, whatever the order of its parts. */
export type Form = {
  /** Text fields in the order in which they came. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly files: readonly FormFile[];
  /** Removes files that nobody took over; may be called again. */
  dispose(): Promise<void>;
};

/**
 * Reads a multipart form: files go to the disk as they come, fields stay in memory, both within limits. When the sender
 * goes away, what was written goes too.
 *
 * @throws InvalidInputError `invalid_option` for a body that is no form or breaks off, `audio_too_large`;
 *   CapacityError where the machine has no room for another file
 */
export async function readForm(request: Request, spool: Spool, limits: UploadLimits): Promise<Form> {
  const files: Promise<FormFile>[] = [];
  const fields: [string, string][] = [];
  const dispose = async (): Promise<void> => {
    const settled = await Promise.allSettled(files);
    const written = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(written.map(({ path }) => rm(path, { force: true })));
  };
  try {
    await parse(request, limits, fields, (field, stream, name) => {
      const file = spool.write(stream, limits.maxFileBytes).then((spooled) => ({
        ...spooled,
        field,
        name: shownName(name),
        ...(name.trim() === '' ? { isNameless: true } : {}),
      }));
      files.push(file);
      return file;
    });
    return { fields, files: await Promise.all(files), dispose };
  } catch (error) {
    await dispose();
    throw isSpeechError(error) ? error : (machineLimit(error) ?? broken());
  }
}

function parse(
  request: Request,
  limits: UploadLimits,
  fields: [string, string][],
  onFile: (field: string, stream: Readable, name: string) => Promise<unknown>,
): Promise<void> {
  const type = request.headers.get('content-type') ?? '';
  if (request.body === null) throw broken();
  const body = Readable.fromWeb(request.body);
  return new Promise((resolve, reject) => {
    const open = new Set<BusboyFileStream>();
    let fieldsBytes = 0;
    const fail = (cause: unknown): void => {
      const error = cause instanceof Error ? cause : broken();
      // A part that waits for more bytes would wait for ever.
      for (const stream of open) stream.destroy(error);
      body.unpipe();
      body.destroy();
      reject(error);
    };
    let busboy: ReturnType<typeof newBusboy>;
    try {
      busboy = newBusboy(type, limits);
    } catch {
      reject(broken());
      return;
    }
    busboy.on('file', (field, stream, name) => {
      open.add(stream);
      stream.on('close', () => open.delete(stream));
      // A file that cannot be written: the form would wait for its end for ever.
      onFile(field, stream, name).catch(fail);
    });
    busboy.on('field', (name, value, isNameCut, isValueCut) => {
      fieldsBytes += value.length;
      if (isNameCut || isValueCut || fieldsBytes > limits.maxFieldsBytes) fail(tooMuch(name, 'is too long'));
      else fields.push([name, value]);
    });
    busboy.on('fieldsLimit', () => fail(tooMuch('fields', `are more than ${limits.maxFields}`)));
    busboy.on('filesLimit', () => fail(tooMuch('file', `is there more than ${limits.maxFiles} times`)));
    busboy.on('error', () => fail(broken()));
    busboy.on('finish', () => resolve());
    body.on('error', () => fail(broken()));
    body.pipe(busboy);
  });
}

function newBusboy(contentType: string, limits: UploadLimits) {
  return new Busboy({
    headers: { 'content-type': contentType },
    limits: {
      fields: limits.maxFields,
      files: limits.maxFiles,
      fieldSize: limits.maxFieldBytes,
      fieldNameSize: 200,
      headerPairs: 20,
    },
  });
}

/** Free text that is shown to people: no control or direction characters, no folders, not without end. */
function shownName(name: string): string {
  const last = name.split(/[/\\]/).at(-1)!;
  return last.replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 200) || 'recording';
}

function broken(): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    'The body is no whole multipart form. Send multipart/form-data with the recording as a file.',
  );
}

function tooMuch(option: string, what: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `The field ${option.slice(0, 60)} ${what}.`, {
    details: { option: option.slice(0, 60) },
  });
}
