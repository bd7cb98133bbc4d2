import { createServer, type IncomingMessage, request as forward, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from './seeded-random.ts';

/**
 * What goes wrong with a request: a reply of the store that refuses for now, a connection cut before the store hears of
 * it, one cut after the store has done it, a body that ends half-way though its length was announced.
 */
export type WireFault = 'slow-down' | 'error' | 'cut-before' | 'cut-after' | 'half-body';

/** A store on this machine behind a line that goes wrong, the same way in every run. */
export class FaultyProxy {
  /** How often each fault was met. */
  readonly met = new Map<WireFault, number>();
  readonly #server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing));
  readonly #target: URL;
  readonly #faults: readonly (WireFault | undefined)[];
  readonly #random = seededRandom(11);

  private constructor(target: string, faults: readonly (WireFault | undefined)[]) {
    this.#target = new URL(target);
    this.#faults = faults;
  }

  /** @param faults one of them is drawn for each request; `undefined` is none */
  static async start(target: string, faults: readonly (WireFault | undefined)[]): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target, faults);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<unknown> {
    const fault = this.#faults[Math.floor(this.#random() * this.#faults.length)];
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    if (fault !== undefined) this.met.set(fault, (this.met.get(fault) ?? 0) + 1);
    if (fault === 'cut-before') return incoming.socket.destroy();
    if (fault === 'slow-down') return refuse(outgoing, 503, 'SlowDown');
    if (fault === 'error') return refuse(outgoing, 500, 'InternalError');
    // The headers as they came: they are signed.
    const { method, url: path, headers } = incoming;
    const { hostname, port } = this.#target;
    const sent = forward({ hostname, port, method, path, headers }, (reply) => {
      const body: Buffer[] = [];
      reply.on('data', (part: Buffer) => body.push(part));
      reply.on('end', () => {
        if (fault === 'cut-after') return incoming.socket.destroy();
        outgoing.writeHead(reply.statusCode!, reply.headers);
        const whole = Buffer.concat(body);
        if (fault !== 'half-body' || whole.length < 2) return outgoing.end(whole);
        return outgoing.write(whole.subarray(0, whole.length / 2), () => incoming.socket.destroy());
      });
    });
    sent.on('error', () => incoming.socket.destroy());
    return sent.end(Buffer.concat(parts));
  }
}

function refuse(outgoing: ServerResponse, status: number, code: string): ServerResponse {
  outgoing.writeHead(status, { 'content-type': 'application/xml' });
  return outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
}
