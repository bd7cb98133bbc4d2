import type { RequestListener } from 'node:http';
import { afterAll, describe, expect, test } from 'vitest';
import { DEFAULT_FETCH_LIMITS, createGuardedHttp } from '../../../../handlers/work/fetch-audio/index.ts';
import { postWebhook, type WebhookDelivery } from '../../../../handlers/work/webhook/post-webhook.ts';
import { verifyWebhook, type WebhookEvent } from '../../../../sdk/index.ts';
import { startLoopbackServer, testPolicy } from '../fetch-audio/loopback-server.ts';

const receiver = await startLoopbackServer();
const http = createGuardedHttp(testPolicy(receiver.port, '127.0.0.1'), DEFAULT_FETCH_LIMITS);
afterAll(() => http.close());

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const event: WebhookEvent = {
  schemaVersion: 1,
  type: 'job.completed',
  timestamp: '2026-11-21T12:00:00.000Z',
  data: { jobId: 'job-1' },
};

function post(url = receiver.url, signal = new AbortController().signal): Promise<WebhookDelivery> {
  return postWebhook(url, 'job-1', event, { secret, http, timeoutMs: 200, retryDelaysMs: [1, 1] }, signal);
}

function answer(...statuses: (number | 'hang' | 'reset')[]): RequestListener {
  return (request, response) => {
    request.resume();
    const status = statuses.length > 1 ? statuses.shift()! : statuses[0]!;
    if (status === 'reset') response.destroy();
    else if (status !== 'hang') response.writeHead(status, { location: '/elsewhere' }).end();
  };
}

describe('a webhook', () => {
  test('is signed so that the client can check it', async () => {
    let verified: unknown;
    receiver.handle = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        void verifyWebhook({ body: Buffer.concat(chunks), headers: request.headers, secret }).then(
          (value) => {
            verified = value;
            response.writeHead(204).end();
          },
        );
      });
    };
    expect(await post()).toEqual({ delivered: true, attempts: 1, reason: '204' });
    expect(verified).toEqual(event);
  });

  test.each<[string, (number | 'hang' | 'reset')[], WebhookDelivery]>([
    ['is sent again until it is taken', [500, 'reset', 200], { delivered: true, attempts: 3, reason: '200' }],
    ['is given up after the last attempt', [503], { delivered: false, attempts: 3, reason: '503' }],
    [
      'does not wait for a receiver that hangs',
      ['hang'],
      { delivered: false, attempts: 3, reason: 'unreachable' },
    ],
    ['is not sent again to a receiver that is gone', [410], { delivered: false, attempts: 1, reason: '410' }],
    ['does not follow redirects', [302], { delivered: false, attempts: 3, reason: '302' }],
  ])('%s', async (_, statuses, delivery) => {
    receiver.handle = answer(...statuses);
    expect(await post()).toEqual(delivery);
  });

  test.each([
    'http://169.254.169.254/',
    'http://10.0.0.1/',
    'ftp://example.com/',
    'http://user:pw@127.0.0.1/',
  ])('is never sent to %s', async (url) => {
    expect(await post(url)).toEqual({ delivered: false, attempts: 1, reason: 'forbidden' });
  });

  test('stops with its signal', async () => {
    receiver.handle = answer('hang');
    expect(await post(receiver.url, AbortSignal.timeout(30))).toMatchObject({
      delivered: false,
      attempts: 1,
    });
  });
});
