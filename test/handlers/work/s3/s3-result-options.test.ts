import { expect, it } from 'vitest';
import { parseS3ResultOptions } from '../../../../handlers/work/s3/s3-result-options.ts';

it('are none without a bucket', () => {
  expect(parseS3ResultOptions({ BUCKET_NAME: '', BUCKET_REGION: 'eu-west-1' })).toBeUndefined();
});

it('are the variables of the original worker, and two more', () => {
  const variables = {
    BUCKET_NAME: 'results',
    BUCKET_ENDPOINT_URL: 'https://store.example',
    BUCKET_REGION: 'eu-west-1',
    BUCKET_ACCESS_KEY_ID: 'id',
    BUCKET_SECRET_ACCESS_KEY: 'secret',
    BUCKET_KEY_PREFIX: 'here/',
  };
  expect(parseS3ResultOptions(variables)).toEqual({
    bucket: 'results',
    store: {
      endpoint: 'https://store.example',
      region: 'eu-west-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    },
    keyPrefix: 'here/',
    linkSeconds: 7 * 24 * 3600,
  });
});

it('leave credentials to the AWS environment unless both are there', () => {
  const options = parseS3ResultOptions({ BUCKET_NAME: 'results', BUCKET_ACCESS_KEY_ID: 'id' });
  expect(options).toMatchObject({ store: {}, keyPrefix: 'colloquy-results/' });
  expect(options?.store).toEqual({});
});

it.each(['store.example', 'ftp://store.example', 'https://'])('refuse the address %s', (url) => {
  expect(() => parseS3ResultOptions({ BUCKET_NAME: 'results', BUCKET_ENDPOINT_URL: url })).toThrow(
    expect.objectContaining({
      code: 'configuration_invalid',
      message: expect.not.stringContaining(url) as string,
    }),
  );
});
