import { expect, it } from 'vitest';
import { parseS3ResultOptions } from '../../../../handlers/work/s3/s3-result-options.ts';
import { parseS3Store } from '../../../../handlers/work/s3/s3-store-variables.ts';

it('are none without a bucket', () => {
  expect(parseS3ResultOptions({ BUCKET_NAME: '', BUCKET_REGION: 'eu-west-1' })).toBeUndefined();
});

it('are the variables of the original worker, and a few more', () => {
  const variables = {
    BUCKET_NAME: 'results',
    BUCKET_ENDPOINT_URL: 'https://store.example',
    BUCKET_REGION: 'eu-west-1',
    BUCKET_ACCESS_KEY_ID: 'id',
    BUCKET_SECRET_ACCESS_KEY: 'secret',
    BUCKET_SESSION_TOKEN: 'session',
    BUCKET_KEY_PREFIX: 'here/',
    COLLOQUY_JOB_BUCKETS: 'recordings, results',
  };
  expect(parseS3ResultOptions(variables)).toEqual({
    bucket: 'results',
    store: {
      endpoint: 'https://store.example',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'session' },
      buckets: ['recordings', 'results'],
    },
    keyPrefix: 'here/',
    linkSeconds: 7 * 24 * 3600,
  });
});

it('leave address and credentials to the AWS environment where nothing is said', () => {
  const options = parseS3ResultOptions({ BUCKET_NAME: 'results' });
  expect(options).toMatchObject({ store: {}, keyPrefix: 'colloquy-results/' });
  expect(options?.store).toEqual({});
});

it('know the store of the operator also without a bucket for results: audio may lie there', () => {
  expect(parseS3Store({ BUCKET_ENDPOINT_URL: 'http://minio:9000', BUCKET_ACCESS_KEY_ID: '' })).toEqual({
    endpoint: 'http://minio:9000',
  });
  expect(parseS3Store({})).toEqual({});
});

it.each([
  ['BUCKET_ENDPOINT_URL', 'store.example'],
  ['BUCKET_ENDPOINT_URL', 'ftp://store.example'],
  ['BUCKET_ENDPOINT_URL', 'https://'],
  ['BUCKET_REGION', 'eu-west-1.evil.example/'],
  ['BUCKET_REGION', 'Frankfurt am Main'],
  ['BUCKET_REGION', '-eu'],
  ['BUCKET_NAME', 'No Bucket'],
  ['BUCKET_ACCESS_KEY_ID', 'half-a-key'],
  ['BUCKET_SECRET_ACCESS_KEY', 'other-half'],
  ['COLLOQUY_JOB_BUCKETS', 'good,Bad Name'],
])('refuse %s=%s, without repeating it', (name, value) => {
  expect(() => parseS3ResultOptions({ BUCKET_NAME: 'results', [name]: value })).toThrow(
    expect.objectContaining({
      code: 'configuration_invalid',
      message: expect.not.stringContaining(value) as string,
    }),
  );
});
