import { Hono } from 'hono';
import { DIARIZATION_PRESETS } from '../../../core/diarization/presets.ts';
import { OUTPUT_FORMATS } from '../../../core/formats/index.ts';
import { SCHEMA_VERSION } from '../../../sdk/contract/index.ts';
import { openApiDocument } from '../../../sdk/contract/openapi/openapi.ts';
import { engineFactsNow } from '../operation/engine-state.ts';
import { freeBytes, LEAST_FREE_BYTES } from '../operation/free-disk.ts';
import type { ServerMetrics } from '../operation/server-metrics.ts';
import type { ServerContext, ServerEnvironment } from '../server-context.ts';

/** Whether the server is ready, and since when. */
export type Readiness = { isReady: boolean; isClosing: boolean };

/** Health for whatever runs the server; no key is asked for it. `/health` itself is that of legacy/audio-analysis. */
export function healthRoutes(context: ServerContext, readiness: Readiness): Hono<ServerEnvironment> {
  const { desk } = context;
  const routes = new Hono<ServerEnvironment>();
  routes.get('/health/live', (c) => c.json({ status: 'live' }));
  routes.get('/health/startup', (c) => c.json({ started: readiness.isReady }, readiness.isReady ? 200 : 503));
  routes.get('/health/ready', async (c) => {
    const reasons = await unreadyReasons(context, readiness);
    const isReady = reasons.length === 0;
    return c.json({ ready: isReady, reasons, queue: desk.counts }, isReady ? 200 : 503);
  });
  // RunPod's load balancer takes 204 for loading; clients of diglett read the body.
  routes.get('/ping', (c) => (readiness.isReady ? c.json({ msg: 'pong' }) : c.body(null, 204)));
  return routes;
}

/** Why no work should come here at the moment. */
async function unreadyReasons(
  { desk, folder, services }: ServerContext,
  { isReady, isClosing }: Readiness,
): Promise<string[]> {
  const isDiskFull = (await freeBytes(folder)) < LEAST_FREE_BYTES;
  const engine = await engineFactsNow(services.engine);
  return [
    ...(isReady ? [] : ['loading']),
    ...(isClosing ? ['stopping'] : []),
    ...(desk.isFull ? ['queue_full'] : []),
    ...(engine === undefined ? ['engine'] : []),
    ...(isDiskFull ? ['disk_full'] : []),
  ];
}

/** Numbers for Prometheus; with keys, for those with the scope `admin`. */
export function metricsRoutes(
  { desk, services }: ServerContext,
  metrics: ServerMetrics,
  readiness: Readiness,
  liveSessions: () => number,
): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  routes.get('/metrics', (c) => {
    const { isReady, isClosing } = readiness;
    const gauges = {
      jobs: desk.counts,
      liveSessions: liveSessions(),
      isReady: isReady && !isClosing,
      engineRestarts: services.engine.restarts,
    };
    return c.text(metrics.text(gauges), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
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
