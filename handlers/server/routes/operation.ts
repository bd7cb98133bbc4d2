import { Hono } from 'hono';
import { DIARIZATION_PRESETS } from '../../../core/diarization/presets.ts';
import { OUTPUT_FORMATS } from '../../../core/formats/index.ts';
import { SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import { openApiDocument } from '../../../sdk/contract/openapi.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';

/** Whether the server is ready, and since when. */
export type Readiness = { isReady: boolean; isClosing: boolean };

/** Health for whatever runs the server; no key is asked for it. */
export function healthRoutes({ desk }: ServerContext, readiness: Readiness): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.get('/health', (c) =>
    c.json(
      { status: readiness.isReady ? 'healthy' : 'unhealthy', queue: desk.counts },
      readiness.isReady ? 200 : 503,
    ),
  );
  routes.get('/health/live', (c) => c.json({ status: 'live' }));
  routes.get('/health/startup', (c) => c.json({ started: readiness.isReady }, readiness.isReady ? 200 : 503));
  routes.get('/health/ready', (c) => {
    const isReady = readiness.isReady && !readiness.isClosing;
    return c.json({ ready: isReady, queue: desk.counts }, isReady ? 200 : 503);
  });
  // RunPod's load balancer: 204 while models are loaded.
  routes.get('/ping', (c) => (readiness.isReady ? c.json({ status: 'healthy' }) : c.body(null, 204)));
  return routes;
}

/** What the server knows of formats, presets and itself. */
export function aboutRoutes(): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.get('/v1/formats', (c) =>
    c.json({
      schemaVersion: SCHEMA_VERSION,
      formats: Object.entries(OUTPUT_FORMATS).map(([name, { description, mediaType, extension, takes }]) => ({
        name,
        description,
        mediaType,
        extension,
        takes,
      })),
    }),
  );
  routes.get('/v1/presets', (c) =>
    c.json({ schemaVersion: SCHEMA_VERSION, presets: Object.keys(DIARIZATION_PRESETS) }),
  );
  routes.get('/openapi.json', (c) => c.json(openApiDocument()));
  return routes;
}
