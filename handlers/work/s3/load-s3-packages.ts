import { DependencyError } from '../../../core/errors.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

async function load() {
  const [{ GetObjectCommand, PutObjectCommand }, { getSignedUrl }, { createS3Client, timeAtStore }] =
    await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@aws-sdk/s3-request-presigner'),
      import('./s3-client.ts'),
    ]);
  return { GetObjectCommand, PutObjectCommand, getSignedUrl, createS3Client, timeAtStore };
}

/** The packages of the store and our client on them: optional, and slow to load.
 *
 * @throws DependencyError `dependency_missing` where they are not installed
 */
export async function loadS3Packages(): ReturnType<typeof load> {
  try {
    return await load();
  } catch (error) {
    if (systemErrorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new DependencyError(
      'dependency_missing',
      'Expected the packages @aws-sdk/client-s3 and @aws-sdk/s3-request-presigner for S3: install both.',
      { cause: error },
    );
  }
}
