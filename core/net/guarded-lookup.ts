import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';

/** Resolves a name to all its addresses. */
export type ResolveName = (hostname: string) => Promise<readonly LookupAddress[]>;

export type GuardedLookupOptions = {
  /** Whether a socket may be opened to this address of this host. */
  readonly allowAddress: (address: string, hostname: string) => boolean;
  /** The error for a name with an address that is not allowed. */
  readonly refuse: (hostname: string) => Error;
  /** @default the resolver of the system */
  readonly resolveName?: ResolveName | undefined;
};

const resolveBySystem: ResolveName = (hostname) => systemLookup(hostname, { all: true });

/**
 * A resolver for sockets that fails when a name has any address that is not allowed. The socket dials what was
 * checked here, so a name cannot mean one thing at the check and another at the use.
 *
 * A socket never asks it about an address that stands in the URL itself: whoever opens the socket checks that one.
 */
export function guardedLookup(options: GuardedLookupOptions): LookupFunction {
  const resolveName = options.resolveName ?? resolveBySystem;
  return (hostname, { family, all }, callback) => {
    resolveName(hostname)
      .then((addresses) => {
        if (addresses.some(({ address }) => !options.allowAddress(address, hostname)))
          throw options.refuse(hostname);
        const usable = addresses.filter((one) => !family || one.family === familyNumber(family));
        const first = usable[0];
        if (first === undefined) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
        if (all) callback(null, [...usable]);
        else callback(null, first.address, first.family);
      })
      .catch((error: unknown) => callback(error as NodeJS.ErrnoException, []));
  };
}

function familyNumber(family: number | 'IPv4' | 'IPv6'): number {
  return typeof family === 'number' ? family : family === 'IPv4' ? 4 : 6;
}
