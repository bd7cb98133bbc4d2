/** Keys on every route of the OpenAPI document and of the older systems: none, an unknown one, and one for something else. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../../handlers/server/app.ts';
import { CallerRate } from '../../../handlers/server/http/caller-rate.ts';
import { Keys, SCOPES, type Scope } from '../../../handlers/server/http/keys.ts';
import { Sessions } from '../../../handlers/server/http/sessions.ts';
import { DEFAULT_UPLOAD_LIMITS } from '../../../handlers/server/http/upload-limits.ts';
import { legacyRoutes } from '../../../handlers/server/legacy/index.ts';
import { Tickets } from '../../../handlers/server/live/tickets.ts';
import { ServerMetrics } from '../../../handlers/server/operation/server-metrics.ts';
import type { ServerContext, ServerEnvironment } from '../../../handlers/server/server-context.ts';
import { openApiDocument } from '../../../sdk/contract/openapi/openapi.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Said to everybody: they tell nothing that is anybody's, or take a key in their body. */
const OPEN = new Set([
  'GET /health',
  'GET /health/live',
  'GET /health/startup',
  'GET /health/ready',
  'GET /analysis/health',
  'GET /ping',
  'GET /openapi.json',
  'GET /docs',
  'POST /v1/session',
]);

/** What makes, compares or keeps vectors of voices. */
const ABOUT_VOICES = new Set([
  'GET /v1/voices',
  'GET /v1/voices/{name}',
  'PUT /v1/voices/{name}',
  'DELETE /v1/voices/{name}',
  'POST /v1/embed',
  'POST /v1/compare',
  'POST /v1/verify',
  'POST /v1/identify',
  'POST /embed',
  'POST /embedding',
  'POST /compare',
  'POST /compare_embedding',
  'POST /diglett/embed',
  'POST /analysis/embedding',
  'POST /analysis/compare',
  'POST /analysis/compare_embedding',
]);

const nothing = { folder: '/', limits: DEFAULT_UPLOAD_LIMITS } as unknown as ServerContext;
const readiness = { isReady: true, isClosing: false };

function documentedRoutes(): string[] {
  return Object.entries(openApiDocument().paths)
    .filter(([path]) => !path.startsWith('/v2/'))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
}

function olderRoutes(): string[] {
  return legacyRoutes(nothing, readiness)
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`);
}

const ROUTES = [...new Set([...documentedRoutes(), ...olderRoutes()])].filter((route) => !OPEN.has(route));

function scopeOf(route: string): Scope {
  if (route === 'GET /metrics') return 'admin';
  return ABOUT_VOICES.has(route) ? 'voices' : 'jobs';
}

async function appWithKeys(): Promise<Hono<ServerEnvironment>> {
  const path = join(temporaryFolder(), 'keys');
  const digest = (key: string): string => createHash('sha256').update(key).digest('hex');
  writeFileSync(path, SCOPES.map((scope) => `${scope} ${digest(`key-${scope}`)} ${scope}\n`).join(''));
  const rate = new CallerRate({ perSecond: 1e6, burst: 1e6 });
  return createApp({
    context: nothing,
    origins: { isOpen: false, corsOrigins: new Set() },
    keys: await Keys.read(path),
    tickets: new Tickets(),
    sessions: new Sessions(),
    hasPage: false,
    submissions: rate,
    reads: rate,
    readiness,
    metrics: new ServerMetrics(),
    liveSessions: () => 0,
    onAnswer: () => undefined,
  });
}

describe('a server with keys', () => {
  it('has every route in one of three groups', () => {
    expect(ROUTES.length).toBeGreaterThan(50);
    expect([...ABOUT_VOICES].filter((route) => !ROUTES.includes(route))).toEqual([]);
    for (const scope of SCOPES) expect(ROUTES.map(scopeOf)).toContain(scope);
  });

  it.each(ROUTES)('%s takes the key for it, and no other', async (route) => {
    const [method, template] = route.split(' ') as [string, string];
    const path = template.replace(/\{\w+\}/g, 'x');
    const app = await appWithKeys();
    const ask = async (headers: Record<string, string>): Promise<readonly [number, unknown]> => {
      const reply = await app.request(path, { method, headers: { host: 'example.org', ...headers } });
      return [reply.status, ((await reply.json().catch(() => ({}))) as { code?: unknown }).code];
    };
    const own = scopeOf(route);
    expect(await ask({})).toEqual([401, 'unauthorized']);
    expect(await ask({ authorization: 'Bearer key-nobody' })).toEqual([401, 'unauthorized']);
    for (const scope of SCOPES.filter((each) => each !== own))
      expect(await ask({ 'x-api-key': `key-${scope}` }), scope).toEqual([403, 'scope_missing']);
    // A slash at the end is the same route.
    const [wrong] = SCOPES.filter((each) => each !== own);
    const slashed = await app.request(`${path}/`, {
      method,
      headers: { host: 'a', 'x-api-key': `key-${wrong}` },
    });
    expect(slashed.status).toBe(403);
    // The key was for it: what comes then is the route's own, which has nothing to work with here.
    for (const headers of [
      { 'x-api-key': `key-${own}` },
      { authorization: `Bearer key-${own}` },
      { authorization: `Basic ${Buffer.from(`x:key-${own}`).toString('base64')}` },
    ])
      expect([401, 403]).not.toContain((await ask(headers))[0]);
  });

  it.each([...OPEN].filter((route) => route.startsWith('GET')))('%s asks for none', async (route) => {
    const app = await appWithKeys();
    const { status } = await app.request(route.slice(4), { headers: { host: 'example.org' } });
    expect([401, 403]).not.toContain(status);
  });
});
