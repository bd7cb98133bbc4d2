import type { Hono } from 'hono';
import type { ServerEnvironment } from '../server-context.ts';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** Methods that a path has; none for a path that is not there. */
export function allowedMethods(app: Hono<ServerEnvironment>, path: string): readonly string[] {
  return METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  );
}
