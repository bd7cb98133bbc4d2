import { describe, expect, it } from 'vitest';
import { createApp, type AppOptions } from '../../../handlers/server/app.ts';
import { CallerRate } from '../../../handlers/server/http/caller-rate.ts';
import { Sessions } from '../../../handlers/server/http/sessions.ts';
import { DEFAULT_UPLOAD_LIMITS } from '../../../handlers/server/http/upload-limits.ts';
import { legacyRoutes } from '../../../handlers/server/legacy/index.ts';
import { Tickets } from '../../../handlers/server/live/tickets.ts';
import { ServerMetrics } from '../../../handlers/server/operation/server-metrics.ts';
import type { ServerContext } from '../../../handlers/server/server-context.ts';
import { openApiDocument } from '../../../sdk/contract/openapi/openapi.ts';

// Routes are looked at, and those asked that need nothing.
const context = { limits: DEFAULT_UPLOAD_LIMITS } as unknown as ServerContext;
const readiness = { isReady: false, isClosing: false };
const rate = new CallerRate({ perSecond: 100, burst: 100 });
const options: AppOptions = {
  context,
  origins: { isOpen: true, corsOrigins: new Set() },
  keys: undefined,
  tickets: new Tickets(),
  sessions: new Sessions(),
  hasPage: false,
  submissions: rate,
  reads: rate,
  readiness,
  metrics: new ServerMetrics(),
  liveSessions: () => 0,
  onAnswer: () => undefined,
};
const app = createApp(options);
const ask = (path: string): Response | Promise<Response> =>
  app.request(path, { headers: { host: 'localhost' } });

type Operation = {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly responses: object;
};
const document = openApiDocument();
const operations = Object.entries(document.paths)
  .filter(([path]) => !path.startsWith('/v2/'))
  .flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  );

describe('the OpenAPI document of a server', () => {
  it('has every route of the server, and no other', () => {
    const nameOf = ({ method, path }: { method: string; path: string }): string =>
      `${method.toLowerCase()} ${path.replace(/:(\w+)(?:\{[^}]*\})?/g, '{$1}')}`;
    const older = new Set(legacyRoutes(context, readiness).routes.map(nameOf));
    const routes = new Set(
      app.routes
        .filter(({ method, path }) => method !== 'ALL' && method !== 'HEAD' && !path.startsWith('/audio/'))
        .map(nameOf),
    );
    const documented = operations.map(nameOf);
    expect(documented.filter((name) => !routes.has(name))).toEqual([]);
    expect([...routes].filter((name) => !older.has(name) && !documented.includes(name))).toEqual([]);
    expect(routes.size).toBeGreaterThan(40);
  });

  it('names each operation once, says each parameter of a path, and refers only to what it has', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations) {
      const inPath = operation.parameters
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name);
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true);
    }
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
    for (const [, name] of references) expect(document.components.schemas).toHaveProperty(name!);
  });

  it('is shown as a page that asks nobody for anything and runs no script', async () => {
    expect(await (await ask('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
    const reply = await ask('/docs');
    const policy = reply.headers.get('content-security-policy')!;
    expect(policy).toMatch(/^default-src 'none'; style-src 'nonce-[\w+/=]+'; /);
    const html = await reply.text();
    expect(html).toContain(`<style nonce="${/nonce-([^']+)/.exec(policy)![1]}">`);
    expect(html).not.toMatch(/<script|<link|src=|https?:\/\/(?!json-schema)/);
    for (const { path } of operations) expect(html).toContain(`<code>${path}</code>`);
  });
});
