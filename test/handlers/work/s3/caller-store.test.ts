import { describe, expect, it } from 'vitest';
import { parseS3Config } from '../../../../handlers/work/s3/caller-store.ts';
import { openS3ResultStore } from '../../../../handlers/work/s3/s3-result-store.ts';

const config = {
  accessId: 'AKIACALLER',
  accessSecret: 'CALLER-SECRET',
  bucketName: 'their-bucket',
  endpointUrl: 'https://s3.eu-central-1.amazonaws.com',
  objectPath: '/results/today/',
};

describe('parseS3Config', () => {
  it('reads what a caller brings along', () => {
    expect(parseS3Config(config)).toMatchObject({
      bucket: 'their-bucket',
      store: {
        endpoint: 'https://s3.eu-central-1.amazonaws.com',
        region: 'eu-central-1',
        credentials: { accessKeyId: 'AKIACALLER', secretAccessKey: 'CALLER-SECRET' },
        isCallers: true,
      },
      keyPrefix: 'results/today/',
    });
    expect(parseS3Config(undefined)).toBeUndefined();
    expect(parseS3Config(null)).toBeUndefined();
  });

  it.each([
    ['https://fra1.digitaloceanspaces.com', 'fra1'],
    ['https://s3.us-west-004.backblazeb2.com', 'us-west-004'],
    ['https://bucket.s3.ap-south-1.amazonaws.com', 'ap-south-1'],
    ['https://abc.r2.cloudflarestorage.com', undefined],
    ['https://minio.example.com', undefined],
  ])('finds the region in %s', (endpointUrl, region) => {
    expect(parseS3Config({ ...config, endpointUrl, objectPath: undefined })).toMatchObject({
      store: region === undefined ? { endpoint: endpointUrl } : { region },
      keyPrefix: '',
    });
  });

  it.each([
    ['text', 'text'],
    ['half a key', { ...config, accessSecret: undefined }],
    ['no bucket', { ...config, bucketName: '' }],
    ['a bucket that is none', { ...config, bucketName: '../etc' }],
    ['no address', { ...config, endpointUrl: 'their store' }],
    ['a path that is a number', { ...config, objectPath: 5 }],
  ])('refuses %s, without a value of it', (_, value) => {
    expect(() => parseS3Config(value)).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        message: expect.not.stringMatching(/AKIA|SECRET|their|etc/) as string,
      }),
    );
  });
});

describe('a store that a caller brings along', () => {
  it.each([
    'http://169.254.169.254',
    'https://10.0.0.1',
    'https://[::7f00:1]',
    'https://127.0.0.1:9000',
    'https://x:y@store.example',
  ])('is dialled by the rules for URLs: not %s', async (endpointUrl) => {
    await expect(openS3ResultStore(parseS3Config({ ...config, endpointUrl })!)).rejects.toMatchObject({
      code: 'audio_url_forbidden',
    });
  });

  it('is not dialled by a name that leads inside', async () => {
    const store = await openS3ResultStore({
      ...parseS3Config({ ...config, endpointUrl: 'https://localhost' })!,
      schedule: { waitsMs: [0], giveUpMs: 0, giveUpRefusedMs: 0, failuresUntilSlow: 1 },
    });
    const object = { bucket: 'their-bucket', key: 'k', mediaType: 'text/plain', bytes: Buffer.from('x') };
    await expect(store.put(object)).rejects.toMatchObject({ code: 'output_not_writable' });
  });
});
