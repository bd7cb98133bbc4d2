import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';
import { isPublicAddress } from '../../../../core/net/public-address.ts';
import type { FetchPolicy } from '../../../../handlers/work/fetch-audio/index.ts';

/** A server on 127.0.0.1 that remembers what it was asked. */
export type LoopbackServer = {
  readonly port: number;
  readonly url: string;
  readonly requests: IncomingMessage[];
  handle: RequestListener;
};

const servers: Server[] = [];

afterAll(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

/** Starts a server whose `handle` a test may replace. */
export async function startLoopbackServer(
  handle: RequestListener = () => undefined,
): Promise<LoopbackServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    loopback.handle(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const loopback: LoopbackServer = { port, url: `http://127.0.0.1:${port}`, requests, handle };
  return loopback;
}

/** The rule of production, but for http, this one port, and (where asked) one loopback address. */
export function testPolicy(port: number, allowed?: string): FetchPolicy {
  return {
    allowHttp: true,
    ports: [80, 443, port],
    allowAddress: (address) => address === allowed || isPublicAddress(address),
    resolveName: () => Promise.reject(new Error('tests resolve no names')),
  };
}
