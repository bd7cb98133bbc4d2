import { DependencyError } from '../../../core/errors.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/**
 * Loads a module that stands on the packages of S3, which are optional and slow to load.
 *
 * @param load a dynamic import
 * @throws DependencyError `dependency_missing` where the packages are not installed
 */
export async function importForS3<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (systemErrorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new DependencyError(
      'dependency_missing',
      'Expected the packages of S3, which are optional: npm install @aws-sdk/client-s3 @aws-sdk/s3-request-presigner.',
      { cause: error },
    );
  }
}

async function load() {
  const [
    { GetObjectCommand, HeadObjectCommand, PutObjectCommand },
    { getSignedUrl },
    { createS3Client, timeAtStore },
  ] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/s3-request-presigner'),
    import('./s3-client.ts'),
  ]);
  return { GetObjectCommand, HeadObjectCommand, PutObjectCommand, getSignedUrl, createS3Client, timeAtStore };
}

export type S3Packages = Awaited<ReturnType<typeof load>>;

/** The packages of the store and our client on them. */
export function loadS3Packages(): Promise<S3Packages> {
  return importForS3(load);
}
