import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { EventListener } from '../../../../handlers/batch/events/event-listener.ts';
import { listenToFolder } from '../../../../handlers/batch/events/folder-events.ts';
import { listenToHttp } from '../../../../handlers/batch/events/http-events.ts';
import { listenToSqs } from '../../../../handlers/batch/events/sqs-events.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Hints and problems of a listener, in the order in which they came. */
function heard() {
  const hints: (readonly string[])[] = [];
  const problems: string[] = [];
  let wake: () => void = () => undefined;
  return {
    hints,
    problems,
    onHint: (candidates: readonly string[]) => {
      hints.push(candidates);
      wake();
    },
    onProblem: (message: string) => void problems.push(message),
    until: async (count: number): Promise<void> => {
      while (hints.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

function kept(listener: EventListener): EventListener {
  closing.push(() => listener.close());
  return listener;
}

const created = (bucket: string, key: string): string =>
  JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventName: 'ObjectCreated:Put',
        s3: { bucket: { name: bucket }, object: { key, size: 5 } },
      },
    ],
  });

describe('a watched folder', () => {
  it('tells of files that are written, moved in and changed, once each, and of no hidden ones', async () => {
    const folder = temporaryFolder();
    await mkdir(join(folder, 'calls'));
    await writeFile(join(folder, 'there.wav'), 'x');
    const { hints, onHint, onProblem, until } = heard();
    kept(await listenToFolder(folder, onHint, onProblem, { stableMs: 60 }));
    await writeFile(join(folder, 'calls/a b.wav'), 'x');
    await until(1);
    await writeFile(join(folder, '.upload.wav'), 'x');
    await rename(join(folder, '.upload.wav'), join(folder, 'moved.wav'));
    await until(2);
    await writeFile(join(folder, 'there.wav'), 'longer');
    await until(3);
    expect(hints).toEqual([['calls/a b.wav'], ['moved.wav'], ['there.wav']]);
  });
});

describe('posted events', () => {
  async function listening(token?: string) {
    const told = heard();
    const listener = kept(
      await listenToHttp(
        { host: '127.0.0.1', port: 0, bucket: 'calls', ...(token === undefined ? {} : { token }) },
        told.onHint,
        told.onProblem,
      ),
    );
    const origin = new URL(listener.description).origin;
    const post = async (path: string, body: string): Promise<number> =>
      (await fetch(`${origin}${path}`, { method: 'POST', body })).status;
    return { ...told, post, origin, listener };
  }

  it('are taken with the token as path, and not without', async () => {
    const { hints, post, origin, listener } = await listening('secret-token');
    expect(listener.description).not.toContain('secret-token');
    expect(await post('/secret-token', created('calls', 'a+b.wav'))).toBe(200);
    expect(await post('/', created('calls', 'c.wav'))).toBe(404);
    expect(await post('/secret-tokeN', created('calls', 'c.wav'))).toBe(404);
    expect((await fetch(`${origin}/secret-token`)).status).toBe(405);
    expect(hints).toEqual([['a b.wav', 'a+b.wav']]);
  });

  it('of other buckets and of nothing known are answered, and not taken', async () => {
    const { hints, problems, post } = await listening();
    expect(await post('/', created('other', 'a.wav'))).toBe(200);
    expect(await post('/', '{"hello":1}')).toBe(200);
    expect(await post('/', 'x'.repeat(300_000))).toBe(413);
    expect(hints).toEqual([]);
    expect(problems).toEqual([
      'A message names another bucket.',
      'A message was not understood: no event of a store that is known here.',
    ]);
  });

  it('need a token where others reach the address, and a port that is free', async () => {
    const { onHint, onProblem } = heard();
    await expect(
      listenToHttp({ host: '0.0.0.0', port: 0, bucket: 'calls' }, onHint, onProblem),
    ).rejects.toMatchObject({ code: 'configuration_invalid' });
    const { origin } = await listening();
    await expect(
      listenToHttp(
        { host: '127.0.0.1', port: Number(new URL(origin).port), bucket: 'calls' },
        onHint,
        onProblem,
      ),
    ).rejects.toMatchObject({ code: 'configuration_invalid' });
  });
});

describe('events in a queue of SQS', () => {
  it('are deleted when they are understood; those of others stay', async () => {
    const bodies = [created('calls', 'a.wav'), created('other', 'b.wav'), '{"Event":"s3:TestEvent"}'];
    const deleted: string[] = [];
    let deletion: () => void = () => undefined;
    const isDeleted = new Promise<void>((resolve) => (deletion = resolve));
    const queue = await fakeQueue((action, input) => {
      if (action === 'DeleteMessageBatch') {
        const entries = input.Entries as { Id: string; ReceiptHandle: string }[];
        deleted.push(...entries.map(({ ReceiptHandle }) => ReceiptHandle));
        deletion();
        return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
      }
      return {
        Messages: bodies.splice(0).map((Body, index) => ({
          Body,
          MD5OfBody: createHash('md5').update(Body).digest('hex'),
          MessageId: `m${index}`,
          ReceiptHandle: `r${index}`,
        })),
      };
    });
    const { hints, problems, onHint, onProblem, until } = heard();
    process.env.AWS_ACCESS_KEY_ID ??= 'test';
    process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
    kept(
      await listenToSqs(
        { queueUrl: `${queue}/1/calls`, endpoint: queue, bucket: 'calls', waitSeconds: 1 },
        onHint,
        onProblem,
      ),
    );
    await until(1);
    await isDeleted;
    expect(hints).toEqual([['a.wav']]);
    expect(deleted.sort()).toEqual(['r0', 'r2']);
    expect(problems).toEqual(['A message names another bucket.']);
  });
});

/** Speaks the JSON protocol of SQS: an action in a header, members in the body. */
async function fakeQueue(reply: (action: string, input: Record<string, unknown>) => object): Promise<string> {
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const action = String(request.headers['x-amz-target']).split('.').at(-1)!;
      const input = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>;
      const body = reply(action, input);
      // An empty queue answers late, as a long poll does.
      const isEmpty = 'Messages' in body && (body.Messages as unknown[]).length === 0;
      setTimeout(
        () => {
          response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
          response.end(JSON.stringify(body));
        },
        isEmpty ? 200 : 0,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
