import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import {
  createGuardedHttp,
  DEFAULT_FETCH_LIMITS,
  type FetchPolicy,
} from '../../../../handlers/work/fetch-audio/index.ts';
import { startLoopbackServer, testPolicy } from './loopback-server.ts';

const SECRET = 'INTERNAL-SECRET';
const server = await startLoopbackServer((_, response) => response.end(SECRET));
const open = await startLoopbackServer();
const { port } = server;
const limits = { ...DEFAULT_FETCH_LIMITS, connectTimeoutMs: 1000, headersTimeoutMs: 1000 };

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'loopback.test': ['127.0.0.1'],
  'metadata.test': ['169.254.169.254'],
  'mixed.test': ['93.184.216.34', '127.0.0.1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'six.test': ['::1'],
  localhost: ['127.0.0.1', '::1'],
};

const addressesOf = (hostname: string): LookupAddress[] =>
  (NAMES[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

function policyWith(changes: Partial<FetchPolicy> = {}): FetchPolicy {
  return {
    ...testPolicy(port),
    resolveName: (hostname) => Promise.resolve(addressesOf(hostname)),
    ...changes,
  };
}

async function get(url: string, policy: FetchPolicy, signal = new AbortController().signal): Promise<string> {
  const http = createGuardedHttp(policy, limits);
  try {
    const reply = await http.get(url, {}, signal);
    return await text(reply.body);
  } finally {
    await http.close();
  }
}

async function text(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** The forms of reliability.md A1: every one reads an internal service when nothing guards. */
const FORMS = [
  `http://127.0.0.1:${port}/`,
  `http://127.1:${port}/`,
  `http://2130706433:${port}/`,
  `http://0x7f000001:${port}/`,
  `http://0x7f.1:${port}/`,
  `http://0177.0.0.1:${port}/`,
  `http://017700000001:${port}/`,
  `http://0:${port}/`,
  `http://0.0.0.0:${port}/`,
  `http://[::1]:${port}/`,
  `http://[::]:${port}/`,
  `http://[::ffff:127.0.0.1]:${port}/`,
  `http://[::ffff:7f00:1]:${port}/`,
  `http://[0:0:0:0:0:ffff:127.0.0.1]:${port}/`,
  `http://１２７.０.０.１:${port}/`,
  `http://①②⑦.⓪.⓪.①:${port}/`,
  `http://localhost:${port}/`,
  `http://loopback.test:${port}/`,
  `http://metadata.test:${port}/`,
  `http://mixed.test:${port}/`,
  `http://mapped.test:${port}/`,
  `http://six.test:${port}/`,
  `http://[64:ff9b::7f00:1]:${port}/`,
  `http://[2002:7f00:1::]:${port}/`,
  `http://[fe80::1]:${port}/`,
  `http://[fd00:ec2::254]:${port}/`,
  'http://169.254.169.254/latest/meta-data/',
  'http://100.100.100.200/',
  `http://10.0.0.1:${port}/`,
  'http://192.0.0.192/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://203.0.113.1/',
  'http://168.63.129.16/',
  `HTTP://LOOPBACK.TEST:${port}/`,
  `http://127.0.0.1.:${port}/`,
] as const;

describe('a URL that leads inside', () => {
  test('is read by a client without a guard', async () => {
    const leaked = await Promise.all(
      FORMS.filter((url) => /127|2130706433|0x7f|017/.test(url) && !url.includes('[')).map(async (url) => {
        const reply = await fetch(url).catch(() => undefined);
        return reply?.text();
      }),
    );
    expect(leaked.filter((body) => body === SECRET).length).toBeGreaterThanOrEqual(8);
  });

  test.each(FORMS)('%s is refused', async (url) => {
    const before = server.requests.length;
    await expect(get(url, policyWith())).rejects.toMatchObject({ code: 'audio_url_forbidden' });
    expect(server.requests.length).toBe(before);
  });

  test('is refused however its answer changes between check and use', async () => {
    let asked = 0;
    const rebinding = policyWith({
      resolveName: () =>
        Promise.resolve([{ address: asked++ === 0 ? '93.184.216.34' : '127.0.0.1', family: 4 }]),
    });
    // A first look sees a public address; whoever looks again for the connection is inside. We look once and dial that.
    await rebinding.resolveName?.('rebind.test');
    await expect(get(`http://rebind.test:${port}/`, rebinding)).rejects.toMatchObject({
      code: 'audio_url_forbidden',
    });
    expect(asked).toBe(2);
  });
});

describe('a URL that is refused by its text', () => {
  test.each([
    ['ftp://example.com/a.wav'],
    ['file:///etc/passwd'],
    ['gopher://example.com/'],
    ['data:audio/wav;base64,AA=='],
    ['https://user:password@example.com/'],
    ['https://user@example.com/'],
    ['https://example.com:22/'],
    ['https://example.com:6379/'],
    ['javascript:alert(1)'],
  ])('%s', async (url) => {
    await expect(get(url, policyWith())).rejects.toMatchObject({ code: 'audio_url_forbidden' });
  });

  test('plain http, unless it is allowed', async () => {
    const strict = policyWith({ allowHttp: false });
    await expect(get('http://example.com/', strict)).rejects.toMatchObject({ code: 'audio_url_forbidden' });
  });

  test.each([[''], ['not a url'], ['https://'], ['http://[::1'], ['https://exa mple.com/']])(
    '%j is no URL',
    async (url) => {
      await expect(get(url, policyWith())).rejects.toMatchObject({ code: 'invalid_option' });
    },
  );
});

describe('redirects', () => {
  const policy = (): FetchPolicy => ({
    ...testPolicy(open.port, '127.0.0.1'),
    resolveName: (hostname) => Promise.resolve(addressesOf(hostname)),
  });

  test('are followed to allowed places, three at most', async () => {
    open.handle = ({ url }, response) => {
      const step = Number(url?.slice(1));
      if (step > 0) response.writeHead(302, { location: `/${step - 1}` }).end();
      else response.end('arrived');
    };
    await expect(get(`${open.url}/3`, policy())).resolves.toBe('arrived');
    await expect(get(`${open.url}/4`, policy())).rejects.toMatchObject({ code: 'audio_unreachable' });
  });

  test.each([
    'http://127.0.0.2/',
    'http://[::1]/',
    'http://169.254.169.254/',
    '//10.0.0.1/',
    'http://metadata.test/',
    'file:///etc/passwd',
    'http://user:pw@127.0.0.1/',
    'http://127.0.0.1:22/',
    'http://0x7f000002/',
  ])('to %s are refused', async (location) => {
    open.handle = (_, response) => response.writeHead(302, { location }).end();
    await expect(get(open.url, policy())).rejects.toMatchObject({ code: 'audio_url_forbidden' });
  });

  test('that never send the end of their body do not hold us', async () => {
    open.handle = ({ url }, response) => {
      if (url === '/next') return void response.end('arrived');
      response.writeHead(302, { location: '/next' });
      response.write('x'.repeat(1000));
    };
    await expect(get(open.url, policy())).resolves.toBe('arrived');
  });

  test('without a target, or with nonsense, are a typed failure', async () => {
    open.handle = (_, response) => response.writeHead(302).end();
    await expect(get(open.url, policy())).rejects.toMatchObject({ code: 'audio_unreachable' });
    open.handle = (_, response) => response.writeHead(302, { location: 'http://[' }).end();
    await expect(get(open.url, policy())).rejects.toMatchObject({ code: 'invalid_option' });
  });

  test('of a POST are not followed', async () => {
    open.handle = (_, response) => response.writeHead(307, { location: '/elsewhere' }).end();
    const before = open.requests.length;
    const http = createGuardedHttp(policy(), limits);
    const reply = await http.post(
      open.url,
      { 'content-type': 'application/json' },
      '{}',
      new AbortController().signal,
    );
    expect(reply.status).toBe(307);
    expect(open.requests.length).toBe(before + 1);
    await http.close();
  });
});

describe('what a caller hears', () => {
  test('is the same for a closed port, a refused name and a silent server', async () => {
    const closed = { ...policyWith(), ports: [1], allowAddress: () => true };
    const error = await get('http://127.0.0.1:1/?token=abc', closed).catch((e: unknown) => e as Error);
    expect((error as Error).message).toBe('the server could not be reached');
  });

  test('holds neither the address that a name has nor the query', async () => {
    const error = (await get(`http://metadata.test:${port}/?sig=abcdef`, policyWith()).catch(
      (e: unknown) => e,
    )) as Error;
    expect(error.message).not.toMatch(/169\.254|sig=|abcdef/);
  });

  test('an abort is heard at once, with its reason', async () => {
    const hanging = await startLoopbackServer();
    const controller = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => controller.abort(reason), 50);
    await expect(get(hanging.url, testPolicy(hanging.port, '127.0.0.1'), controller.signal)).rejects.toBe(
      reason,
    );
  });
});

describe('an egress proxy', () => {
  test('carries every request, and is asked for no address that stands in a URL and is not public', async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const inside = connect(open.port, '127.0.0.1');
      socket.pipe(inside).pipe(socket);
      inside.on('error', () => socket.destroy());
      socket.on('error', () => inside.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    open.handle = (_, response) => response.end('through the proxy');
    const policy = { ...testPolicy(open.port), proxyUrl };
    expect(await get(`http://somewhere.test:${open.port}/`, policy)).toBe('through the proxy');
    await expect(get('http://169.254.169.254/', policy)).rejects.toMatchObject({
      code: 'audio_url_forbidden',
    });
    expect(asked).toEqual([`somewhere.test:${open.port}`]);
    proxy.close();
  });
});
