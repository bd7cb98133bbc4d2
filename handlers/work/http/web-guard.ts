import type { IncomingMessage } from 'node:http';
import { addressInHost, isLoopbackAddress } from '../../../core/net/public-address.ts';
import { HttpReply } from './http-reply.ts';

/**
 * Keeps web pages out of a server of this machine: a browser lets any page send requests to it, and a page whose name
 * is pointed at 127.0.0.1 later may even read the replies. What browsers say of a request cannot be forged by a page.
 *
 * @param isOpen the server is for other machines too, or asks for a key that no page knows: any host will do
 * @throws HttpReply 403
 */
export function refuseWebPages({ headers }: IncomingMessage, isOpen: boolean): void {
  const { host = '', origin } = headers;
  if (!isOpen && !isThisMachine(host)) {
    throw new HttpReply(403, 'The Host of the request is not this machine. Use 127.0.0.1 or localhost.');
  }
  const site = headers['sec-fetch-site'];
  const fromElsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (fromElsewhere || (origin !== undefined && !isSameHost(origin, host))) {
    throw new HttpReply(403, 'Requests of web pages are not taken here.');
  }
}

/**
 * A page may send text and forms to any server without asking it; JSON only where the server agrees.
 *
 * @throws HttpReply 415
 */
export function requireJson({ headers }: IncomingMessage): void {
  const type = headers['content-type'] ?? '';
  if (/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) return;
  throw new HttpReply(415, 'Send the body as JSON, with the header Content-Type: application/json.');
}

/** True for the names and addresses by which only this machine reaches itself; IPv6 with or without brackets. */
export function isLoopbackHost(hostname: string): boolean {
  const address = addressInHost(hostname);
  return address === undefined ? /^([a-z0-9-]+\.)*localhost\.?$/.test(hostname) : isLoopbackAddress(address);
}

/** True where the Host header of a request, with or without port, names this machine. */
export function isThisMachine(host: string): boolean {
  const name = hostnameOf(`http://${host}`);
  return name !== undefined && isLoopbackHost(name);
}

/** True where a page of this origin comes from the server with this Host header itself. */
export function isSameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
