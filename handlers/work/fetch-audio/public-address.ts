import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Addresses that look public and are not: Azure's wire server answers every virtual machine there. */
const INTERNAL = new Set(['168.63.129.16']);

/**
 * True for an address of the public internet, by allow-list: what is not plain unicast is not public. Loopback,
 * private, link-local, shared, translated (NAT64, 6to4, Teredo), multicast and reserved ranges fall away together.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  // `process` unwraps IPv4 that is mapped into IPv6.
  const parsed = ipaddr.process(address);
  return parsed.range() === 'unicast' && !INTERNAL.has(parsed.toString());
}
