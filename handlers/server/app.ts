import { type Context, Hono } from 'hono';
import { routePath } from 'hono/route';
import { InputUnavailableError, RemoteError, RequestError } from '../../core/errors.ts';
import { parseJsonObject } from '../work/http/json-text.ts';
import { newId } from './desk/random-ids.ts';
import { type Keys, LOCAL_CALLER, secretOf } from './http/keys.ts';
import { checkOrigin, type OriginRules } from './http/origin-guard.ts';
import { problemReply } from './http/problem.ts';
import type { Tickets } from './live/tickets.ts';
import type { CallerRate } from './http/caller-rate.ts';
import { readText, refuseEncoding } from './http/read-text.ts';
import { requireScope, scopeOfPath } from './http/scopes.ts';
import type { Sessions } from './http/sessions.ts';
import { legacyRoutes, type LegacySystem } from './legacy/index.ts';
import { docsRoutes } from './routes/docs.ts';
import { jobRoutes } from './routes/jobs.ts';
import { aboutRoutes, healthRoutes, metricsRoutes, type Readiness } from './routes/operation.ts';
import { liveRoutes } from './routes/live.ts';
import { openaiRoutes } from './routes/openai.ts';
import { pageRoutes } from './routes/page.ts';
import { recordingRoutes } from './routes/recordings.ts';
import { resultRoutes } from './routes/results.ts';
import { taskRoutes } from './routes/tasks.ts';
import { voiceRoutes } from './routes/voices.ts';
import type { AnswerFacts } from './operation/access-log.ts';
import { allowedMethods } from './operation/allowed-methods.ts';
import { requireDisk, serverFailure } from './operation/free-disk.ts';
import type { ServerMetrics } from './operation/server-metrics.ts';
import { traceContextOf } from './operation/trace-context.ts';
import { readUnread } from './operation/unread-body.ts';
import { refuseLength } from './http/upload-limits.ts';
import type { ServerContext, ServerEnvironment } from './server-context.ts';

export type AppOptions = {
  readonly context: ServerContext;
  readonly origins: OriginRules;
  readonly keys: Keys | undefined;
  readonly tickets: Tickets;
  readonly sessions: Sessions;
  /** Whether the page is served. */
  readonly hasPage: boolean;
  /** Older systems whose routes are at the root, too. @default all */
  readonly legacy?: ReadonlySet<LegacySystem> | undefined;
  readonly submissions: CallerRate;
  readonly reads: CallerRate;
  readonly readiness: Readiness;
  readonly metrics: ServerMetrics;
  /** How many live sessions are open. */
  readonly liveSessions: () => number;
  /** Hears of every answered request; nothing of what was said is in it. */
  readonly onAnswer: (facts: AnswerFacts) => void;
};

/** A request id that a caller may give. */
const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Every route, and the order of work before it: request id, origin, key, rate, route. Refusals see headers only; bodies
 * are read by routes.
 */
export function createApp({
  context,
  origins,
  keys,
  tickets,
  sessions,
  hasPage,
  legacy,
  submissions,
  reads,
  readiness,
  metrics,
  liveSessions,
  onAnswer,
}: AppOptions): Hono<ServerEnvironment> {
  // Clients that join addresses write a slash at the end.
  const app = new Hono<ServerEnvironment>({ strict: false });

  app.use(async (c, next) => {
    const given = c.req.header('x-request-id');
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : newId('req');
    const startedAt = performance.now();
    c.set('requestId', requestId);
    c.set('caller', LOCAL_CALLER);
    await next();
    if (c.res.status >= 400) {
      await readUnread(c.req.raw);
      // Where not all was read the connection ends, which the sender has to know before it uses it again.
      if (isHalfRead(c.env)) c.res.headers.set('connection', 'close');
    }
    c.res.headers.set('x-request-id', requestId);
    // Transcripts and voices stay out of the caches of browsers and proxies.
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
    allowOrigin(c.req.raw.headers, c.res.headers, origins);
    const bytesOut = Number(c.res.headers.get('content-length') ?? NaN);
    onAnswer({
      method: c.req.method,
      route: routeOf(c),
      status: c.res.status,
      seconds: (performance.now() - startedAt) / 1000,
      bytesIn: Number(c.req.header('content-length') ?? 0) || 0,
      bytesOut: Number.isNaN(bytesOut) ? undefined : bytesOut,
      requestId,
      traceId: traceContextOf(c.req.header('traceparent'))?.traceId,
      keyId: c.get('caller').id,
    });
  });

  app.use(async (c, next) => {
    checkOrigin(c.req.raw.headers, origins);
    if (c.req.method === 'OPTIONS') return preflight(c.req.raw.headers, origins);
    if (!isOpenPath(c.req.method, c.req.path) && keys !== undefined) {
      const secret = secretOf(c.req.raw.headers);
      const caller = secret === undefined ? sessions.callerOf(c.req.method, c.req.raw.headers) : undefined;
      c.set('caller', caller ?? keys.check(secret));
      requireScope(c.get('caller'), scopeOfPath(c.req.path));
    }
    (c.req.method === 'POST' || c.req.method === 'PUT' ? submissions : reads).take(c.get('caller').id);
    refuseEncoding(c.req.raw);
    refuseLength(c.req.raw, context.limits);
    if (c.req.header('expect') !== undefined) c.env.outgoing?.writeContinue();
    if (c.req.raw.body !== null)
      await requireDisk(context.folder, Number(c.req.header('content-length') ?? 0) || 0);
    return next();
  });

  app.post('/v1/session', async (c) => {
    const { value } = parseJsonObject(await readText(c.req.raw, 4096), { maxDepth: 2 });
    const caller = keys?.check(typeof value.key === 'string' ? value.key : '') ?? c.get('caller');
    const isSecure = c.req.header('x-forwarded-proto') === 'https' || c.req.url.startsWith('https:');
    return c.body(null, 204, { 'set-cookie': sessions.open(caller, isSecure) });
  });
  if (hasPage) app.route('/', pageRoutes());
  app.route('/', legacyRoutes(context, readiness, legacy));
  app.route('/', healthRoutes(context, readiness));
  app.route('/', metricsRoutes(context, metrics, readiness, liveSessions));
  app.route('/', aboutRoutes());
  app.route('/', docsRoutes());
  app.route('/v1/jobs', jobRoutes(context));
  app.route('/v1/jobs', resultRoutes(context));
  app.route('/v1/recordings', recordingRoutes(context));
  app.route('/v1/voices', voiceRoutes(context));
  app.route('/v1/live', liveRoutes(tickets));
  app.route('/', openaiRoutes(context));
  app.route('/v1', taskRoutes(context));

  app.notFound((c) => {
    const requestId = c.get('requestId');
    const allowed = allowedMethods(app, c.req.path);
    if (allowed.length === 0 || allowed.includes(c.req.method === 'HEAD' ? 'GET' : c.req.method))
      return problemReply(unknownRoute(), { requestId });
    const allow = [...(allowed.includes('GET') ? ['HEAD'] : []), ...allowed].join(', ');
    const wrong = new RequestError('unsupported_request', `Expected ${allow} here.`, { details: { allow } });
    return problemReply(wrong, { requestId, status: 405 });
  });
  app.onError((error, c) => {
    const failure = serverFailure(error);
    const status = failure instanceof RemoteError && failure.code === 'unauthorized' ? 401 : undefined;
    const reply = problemReply(failure, {
      requestId: c.get('requestId'),
      ...(status === undefined ? {} : { status }),
    });
    // OpenAI's clients cannot send a stream twice: some wait for ever, so they are told to leave it to their caller.
    if (reply.status === 429 && c.req.path.includes('/audio/')) reply.headers.set('x-should-retry', 'false');
    return reply;
  });
  return app;
}

/** The name of the route that answered, never what the caller asked for. */
function routeOf(c: Context<ServerEnvironment>): string {
  const route = routePath(c, -1);
  return route === '/*' ? 'none' : route;
}

function unknownRoute(): InputUnavailableError {
  return new InputUnavailableError('not_found', 'There is no such route. /openapi.json lists them.');
}

/** Health and the page say nothing that is anybody's. */
function isOpenPath(method: string, path: string): boolean {
  if (path === '/v1/session') return true;
  if (method !== 'GET' && method !== 'HEAD') return false;
  return (
    path === '/' ||
    path === '/ping' ||
    path === '/openapi.json' ||
    path === '/docs' ||
    path.startsWith('/health') ||
    path === '/analysis/health' ||
    path.startsWith('/assets/')
  );
}

const EXPOSED = 'X-Request-Id, Location, Retry-After, ETag';

function allowOrigin(request: Headers, reply: Headers, { corsOrigins }: OriginRules): void {
  const origin = request.get('origin');
  if (origin === null || !corsOrigins.has(origin)) return;
  reply.set('access-control-allow-origin', origin);
  reply.set('access-control-expose-headers', EXPOSED);
  reply.append('vary', 'Origin');
}

function preflight(headers: Headers, { corsOrigins }: OriginRules): Response {
  const origin = headers.get('origin');
  if (origin === null || !corsOrigins.has(origin)) {
    throw new RequestError(
      'origin_forbidden',
      'Pages of this origin may not use this server. Allow it with --cors-origin.',
    );
  }
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
      'access-control-allow-headers':
        'Authorization, Content-Type, Idempotency-Key, X-API-Key, X-Request-Id, Last-Event-ID, If-Match',
      'access-control-max-age': '600',
    },
  });
}

/** Whether there is a socket, and something that was sent on it was not read. */
function isHalfRead(bindings: ServerEnvironment['Bindings'] | undefined): boolean {
  return bindings?.incoming?.complete === false;
}
