import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { WebhookVerificationError, signWebhook, verifyWebhook } from '../../sdk/index.ts';

/** The published test vector of Standard Webhooks. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestampSeconds: 1_614_265_330,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const OTHER = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;
const now = 1_800_000_000;
const body = JSON.stringify({
  schemaVersion: 1,
  type: 'job.completed',
  timestamp: '2027-01-15T08:00:00.000Z',
  data: { jobId: 'job-1', task: 'diarize', metadata: { room: 'blue', text: 'ü' } },
});

const sign = (changes: object = {}) =>
  signWebhook({ id: 'msg_1', body, secret: VECTOR.secret, timestampSeconds: now, ...changes });
const verify = async (changes: object = {}, headers?: object) =>
  verifyWebhook({
    body,
    headers: { ...(await sign()), ...headers },
    secret: VECTOR.secret,
    nowSeconds: now,
    ...changes,
  });

describe('signing', () => {
  test('gives the published test vector', async () => {
    expect(await signWebhook(VECTOR)).toEqual({
      'webhook-id': VECTOR.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': VECTOR.signature,
    });
  });

  test('agrees with an HMAC made elsewhere', async () => {
    const key = Buffer.from(VECTOR.secret.slice(6), 'base64');
    const mac = createHmac('sha256', key).update(`msg_1.${now}.${body}`).digest('base64');
    expect((await sign())['webhook-signature']).toBe(`v1,${mac}`);
  });

  test.each(['whsec_', 'whsec_%%%', 'whsec_c2hvcnQ=', Buffer.alloc(65).toString('base64')])(
    'refuses the secret %j',
    async (secret) => {
      await expect(sign({ secret })).rejects.toMatchObject({
        code: 'invalid_option',
        message: expect.not.stringContaining(secret.slice(6) || 'x%'),
      });
    },
  );

  test('refuses an id that could end a header', async () => {
    await expect(sign({ id: 'a\r\nX: y' })).rejects.toMatchObject({ code: 'invalid_option' });
  });
});

describe('verifying', () => {
  test('returns what a good message says', async () => {
    expect(await verify()).toEqual(JSON.parse(body));
    expect(await verify({ body: Buffer.from(body) })).toEqual(JSON.parse(body));
    expect(
      await verifyWebhook({
        body,
        headers: new Headers(await sign()),
        secret: VECTOR.secret,
        nowSeconds: now,
      }),
    ).toEqual(JSON.parse(body));
  });

  test('takes old and new secret during a change, on either side', async () => {
    await expect(verify({ secret: [OTHER, VECTOR.secret] })).resolves.toBeDefined();
    await expect(
      verify({ secret: OTHER }, await sign({ secret: [VECTOR.secret, OTHER] })),
    ).resolves.toBeDefined();
  });

  test.each<[string, object, object]>([
    ['a changed body', { body: body.replace('job-1', 'job-2') }, {}],
    ['another id', {}, { 'webhook-id': 'msg_2' }],
    ['another time', {}, { 'webhook-timestamp': String(now + 1) }],
    ['another secret', { secret: OTHER }, {}],
    ['a signature of another version', {}, { 'webhook-signature': 'v2,AAAA' }],
    ['no base64', {}, { 'webhook-signature': 'v1,%%%' }],
    ['a cut signature', {}, { 'webhook-signature': 'v1,g0hM9SsE' }],
    ['an empty signature', {}, { 'webhook-signature': '' }],
    ['no time', {}, { 'webhook-timestamp': undefined }],
    ['a time that is no number', {}, { 'webhook-timestamp': '1e9' }],
    ['an old message', { nowSeconds: now + 301 }, {}],
    ['a message from the future', { nowSeconds: now - 301 }, {}],
    ['several values of one header', {}, { 'webhook-id': ['a', 'b'] }],
  ])('refuses %s', async (_, changes, headers) => {
    await expect(verify(changes, headers)).rejects.toBeInstanceOf(WebhookVerificationError);
  });

  test('has a window that can be set', async () => {
    await expect(verify({ nowSeconds: now + 300 })).resolves.toBeDefined();
    await expect(verify({ nowSeconds: now + 600, toleranceSeconds: 600 })).resolves.toBeDefined();
  });

  test('refuses a signed message that is no event of ours', async () => {
    const foreign = '{"hello":"world"}';
    const headers = await sign({ body: foreign });
    await expect(verify({ body: foreign }, headers)).rejects.toThrow('no event of Colloquy');
    await expect(verify({ body: 'not json' }, await sign({ body: 'not json' }))).rejects.toThrow(
      'no event of Colloquy',
    );
  });
});
