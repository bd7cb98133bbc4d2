import { lookup as resolveName } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Downloads go to the public internet; with `allowLoopback` (tests) also to this machine, and to `trustedHosts` (a
 * mirror that the operator configured) wherever they are.
 */
export type AddressRule = { readonly allowLoopback: boolean; readonly trustedHosts: readonly string[] };

/**
 * True for addresses of the public internet. Private, link-local, loopback, shared and reserved ranges are not, also
 * when wrapped in IPv6 (mapped, or translated by NAT64).
 */
export function isAllowedAddress(address: string, rule: Pick<AddressRule, 'allowLoopback'>): boolean {
  if (!ipaddr.isValid(address)) return false;
  let parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.range() === 'rfc6052') {
    parsed = ipaddr.fromByteArray(parsed.toByteArray().slice(12));
  }
  const range = parsed.range();
  return range === 'unicast' || (rule.allowLoopback && range === 'loopback');
}

/**
 * A name resolver that fails when a name has any address that is not allowed. The connection is made to the address
 * that was checked, so a name cannot change its meaning between the check and the use.
 */
export function guardedLookup(rule: AddressRule): LookupFunction {
  return (hostname, options, callback) => {
    resolveName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const trusted = rule.trustedHosts.includes(hostname);
      const forbidden = !trusted && addresses.some(({ address }) => !isAllowedAddress(address, rule));
      const first = addresses[0];
      if (forbidden || !first) {
        callback(new Error(`${hostname} is not a host of the public internet`), []);
        return;
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
