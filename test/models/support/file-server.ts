import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type FileServer = {
  readonly origin: string;
  /** Method, path and the headers that matter here, in the order of arrival. */
  readonly requests: {
    readonly path: string;
    readonly range: string | undefined;
    readonly ifRange: string | undefined;
  }[];
};

/** A real HTTP server on loopback that goes away at the end of the running test; `answer` sees the number of earlier requests. */
export async function startFileServer(
  answer: (request: IncomingMessage, response: ServerResponse, earlier: number) => void,
): Promise<FileServer> {
  const requests: FileServer['requests'] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    requests.push({
      path: request.url ?? '',
      range,
      ifRange: request.headers['if-range'] as string | undefined,
    });
    answer(request, response, requests.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

export type ServeOptions = {
  /** `"tag"`; also what If-Range is compared with. */
  readonly etag?: string;
  /** False: answers every request with the whole file, as plain servers do. */
  readonly ranges?: boolean;
  /** Cuts the connection after so many bytes of the body. */
  readonly cutAfterBytes?: number | undefined;
  /** Claims this length instead of the true one. */
  readonly claimedLength?: number;
};

/** Answers like a file host: ranges, If-Range, and the faults asked for. */
export function serveBytes(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  options: ServeOptions = {},
): void {
  const { etag, ranges = true, cutAfterBytes, claimedLength } = options;
  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  const ifRange = request.headers['if-range'];
  const partial = ranges && asked !== undefined && (ifRange === undefined || ifRange === etag);
  const start = partial ? Number(asked) : 0;
  if (partial && start >= body.length) {
    response.writeHead(416, { 'content-range': `bytes */${body.length}` }).end();
    return;
  }
  const slice = body.subarray(start);
  const headers: Record<string, string | number> = { 'content-length': claimedLength ?? slice.length };
  if (etag !== undefined) headers.etag = etag;
  if (partial) headers['content-range'] = `bytes ${start}-${body.length - 1}/${body.length}`;
  response.writeHead(partial ? 206 : 200, headers);
  const cut = cutAfterBytes !== undefined && cutAfterBytes < slice.length;
  if (!cut && (claimedLength ?? 0) <= slice.length) {
    response.end(slice);
    return;
  }
  response.write(slice.subarray(0, cutAfterBytes), () => {
    // The bytes are on the wire first, so that the client has them when the connection breaks.
    setTimeout(() => response.destroy(), 30);
  });
}
