import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import type { ServerEnvironment } from '../server-context.ts';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

/** What the page may do: its own script and style, its own server, the microphone when it is asked. */
function policyOf(nonce: string, host: string): Record<string, string> {
  const csp = [
    `default-src 'none'`,
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data: blob:`,
    `media-src 'self' blob:`,
    // The hosts are for browsers in which 'self' is no socket.
    `connect-src 'self' ws://${host} wss://${host}`,
    `worker-src 'self'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ];
  return {
    'content-security-policy': csp.join('; '),
    'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}

/** The page at `/`, with a nonce for each reply, and its script and style, which are named by their content. */
export function pageRoutes(folder = builtPage()): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  if (folder === undefined) return routes;
  const html = readFile(join(folder, 'index.html'), 'utf8');
  // Whoever asks is told then; nobody is when nobody asks.
  html.catch(() => undefined);
  routes.get('/', async (c) => {
    const nonce = randomBytes(16).toString('base64');
    const host = /^[\w.:[\]-]+$/.exec(c.req.header('host') ?? '')?.[0] ?? 'localhost';
    return c.html((await html).replaceAll('NONCE', nonce), 200, policyOf(nonce, host));
  });
  routes.get('/assets/:name', async (c) => {
    const [name, ending] = /^(?:page|microphone)-[A-Z0-9]{8}\.(js|css)$/.exec(c.req.param('name')) ?? [];
    const body =
      name === undefined ? undefined : await readFile(join(folder, 'assets', name)).catch(() => undefined);
    if (body === undefined) return c.notFound();
    return c.body(new Uint8Array(body), 200, {
      'content-type': TYPES[ending!]!,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
  });
  return routes;
}

/** Beside this code or above it when it is built, in `dist` when it runs from the sources. */
function builtPage(): string | undefined {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const found = [join(folder, 'web'), join(folder, 'dist', 'web')].find(
      (path) => existsSync(join(path, 'index.html')) && existsSync(join(path, 'assets')),
    );
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}
