import { InvalidInputError } from '../../../core/errors.ts';
import { DEFAULT_FETCH_POLICY, type FetchPolicy } from '../fetch-audio/fetch-policy.ts';
import { LINK_SECONDS, type S3ResultOptions } from './s3-result-options.ts';
import { isBucketName } from './s3-store-variables.ts';

/**
 * The bucket that a caller brought along for the files of its job, with the key to it: the `s3Config` of a request to
 * RunPod, `{ accessId, accessSecret, bucketName, endpointUrl, objectPath? }`.
 *
 * @param policy which addresses it may have; https and public ones unless given
 * @returns undefined where the job has none
 * @throws InvalidInputError `invalid_option` for one that is not whole, without its values
 */
export function parseS3Config(
  value: unknown,
  policy: FetchPolicy = DEFAULT_FETCH_POLICY,
): S3ResultOptions | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') throw invalid('accessId, accessSecret, bucketName and endpointUrl');
  const {
    accessId,
    accessSecret,
    bucketName,
    endpointUrl,
    objectPath = '',
  } = value as Record<string, unknown>;
  if (!isText(accessId, 256) || !isText(accessSecret, 1024)) {
    throw invalid('a key in accessId and accessSecret');
  }
  if (!isText(bucketName, 63) || !isBucketName(bucketName))
    throw invalid('the name of a bucket in bucketName');
  if (!isText(endpointUrl, 2048) || !URL.canParse(endpointUrl)) throw invalid('a URL in endpointUrl');
  if (typeof objectPath !== 'string' || objectPath.length > 900) throw invalid('a path in objectPath');
  const region = regionIn(new URL(endpointUrl).hostname);
  return {
    bucket: bucketName,
    store: {
      endpoint: endpointUrl,
      credentials: { accessKeyId: accessId, secretAccessKey: accessSecret },
      isCallers: true,
      ...(region === undefined ? {} : { region }),
    },
    keyPrefix: objectPath === '' ? '' : `${objectPath.replace(/^\/+|\/+$/g, '')}/`,
    linkSeconds: LINK_SECONDS,
    policy,
  };
}

/** The part of a store's name that is its region, as in `s3.eu-central-1.amazonaws.com` or `fra1.digitaloceanspaces.com`. */
function regionIn(hostname: string): string | undefined {
  const match =
    /(?:^|[.-])s3[.-]([a-z]{2}(?:-[a-z]+)+-\d+)\./.exec(hostname) ??
    /^([a-z]{3}\d)\.digitaloceanspaces\.com$/.exec(hostname);
  return match?.[1];
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxLength;
}

function invalid(expected: string): InvalidInputError {
  return new InvalidInputError('invalid_option', `Expected s3Config to be an object with ${expected}.`, {
    details: { field: 's3Config' },
  });
}
