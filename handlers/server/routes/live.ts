import { Hono } from 'hono';
import { RequestError } from '../../../core/errors.ts';
import type { Tickets } from '../live/tickets.ts';
import type { ServerEnvironment } from '../server-context.ts';

/** What belongs to live sessions and is no socket. */
export function liveRoutes(tickets: Tickets): Hono<ServerEnvironment> {
  const routes = new Hono<ServerEnvironment>();
  // For pages: a ticket opens one socket as the subprotocol `ticket.<value>`, since a page can send no key with one.
  routes.post('/', (c) => c.json(tickets.issue(c.get('caller')), 201, { 'cache-control': 'no-store' }));
  routes.get('/', () => {
    throw new RequestError(
      'unsupported_request',
      'Expected a WebSocket with the subprotocol colloquy.live.v1.',
    );
  });
  return routes;
}
