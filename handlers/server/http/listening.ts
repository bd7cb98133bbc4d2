import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { serve as listen } from '@hono/node-server';
import type { TlsFiles } from './tls-files.ts';

/** A server that listens, with TLS where there is a certificate. */
export function listening(
  fetch: (request: Request) => Response | Promise<Response>,
  hostname: string,
  port: number,
  tls: TlsFiles | undefined,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const how = { fetch, hostname, port, overrideGlobalObjects: false };
    const server = (
      tls === undefined ? listen(how) : listen({ ...how, createServer: createTlsServer, serverOptions: tls })
    ) as Server;
    // Whoever asks first is told to send once the guards have let it in.
    server.on('checkContinue', (request, response) => server.emit('request', request, response));
    // Headers within 20 s; a body may take as long as it moves.
    server.headersTimeout = 20_000;
    server.requestTimeout = 0;
    server.once('listening', () => resolve(server));
    server.once('error', reject);
  });
}
