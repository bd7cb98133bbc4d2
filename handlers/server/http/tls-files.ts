import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { DependencyError } from '../../../core/errors.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/** Certificate, with those between it and a root, and its key, as PEM. */
export type TlsFiles = { readonly cert: Buffer; readonly key: Buffer };

/**
 * Reads both.
 *
 * @returns undefined where neither is named
 * @throws DependencyError `configuration_invalid` for one without the other, and for files that are no pair
 */
export async function readTlsFiles(
  certPath: string | undefined,
  keyPath: string | undefined,
): Promise<TlsFiles | undefined> {
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath === undefined || keyPath === undefined)
    throw invalid('Expected both --tls-cert and --tls-key.');
  const [cert, key] = await Promise.all([read('--tls-cert', certPath), read('--tls-key', keyPath)]);
  try {
    createSecureContext({ cert, key });
  } catch {
    throw invalid(
      'The files of --tls-cert and --tls-key are no certificate and its key, as PEM without a password.',
    );
  }
  return { cert, key };
}

async function read(option: string, path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw invalid(`The file of ${option} cannot be read (${systemErrorCode(error) ?? 'unknown reason'}).`);
  });
}

function invalid(message: string): DependencyError {
  return new DependencyError('configuration_invalid', message);
}
