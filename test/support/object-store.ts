import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const OBJECT_STORE_KEYS = { accessKeyId: 'KEYID', secretAccessKey: 'SECRET' } as const;

/** A store on this machine that keeps what is put and gives it to signed requests: S3, as far as results need it. */
export class ObjectStore {
  /** Path (bucket and key) -> object. */
  readonly objects = new Map<string, { body: string; type: string | undefined }>();
  /** While set, every request is refused with this code, and with a text that holds secrets. */
  refusal: string | undefined;
  /** Replies to the next PUTs in place of keeping what they bring: a status and a code, a cut connection, or no reply at all. */
  readonly putFaults: (readonly [status: number, code: string] | 'cut' | 'silence')[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const url = new URL(request.url!, 'http://store');
        const isSigned =
          request.headers.authorization?.includes(OBJECT_STORE_KEYS.accessKeyId) ??
          url.searchParams.has('X-Amz-Signature');
        const fault = request.method === 'PUT' ? this.putFaults.shift() : undefined;
        if (fault === 'cut') request.socket.destroy();
        else if (fault === 'silence') return;
        else if (fault !== undefined) {
          response.writeHead(fault[0], { 'content-type': 'application/xml' });
          response.end(`<Error><Code>${fault[1]}</Code><Message>KEYID /secret</Message></Error>`);
        } else if (this.refusal !== undefined || !isSigned) {
          const code = this.refusal ?? 'AccessDenied';
          response.writeHead(403, { 'content-type': 'application/xml' });
          response.end(`<Error><Code>${code}</Code><Message>KEYID /secret</Message></Error>`);
        } else if (request.method === 'PUT') {
          const body = Buffer.concat(parts).toString();
          const digest = createHash('md5').update(Buffer.concat(parts)).digest('base64');
          const claimed = request.headers['content-md5'] ?? digest;
          if (claimed !== digest) return response.writeHead(400).end('<Error><Code>BadDigest</Code></Error>');
          this.objects.set(url.pathname, { body, type: request.headers['content-type'] });
          response.end();
        } else response.end(this.objects.get(url.pathname)?.body);
      });
    });
  }

  static async start(): Promise<ObjectStore> {
    const store = new ObjectStore();
    await new Promise<void>((resolve) => store.#server.listen(0, '127.0.0.1', resolve));
    return store;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
