import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { forbidden } from './fetch-errors.ts';
import type { FetchPolicy, ResolveName } from './fetch-policy.ts';

const resolveBySystem: ResolveName = (hostname) => systemLookup(hostname, { all: true });

/**
 * A resolver for sockets that fails when a name has any address that is not allowed. The socket dials what was
 * checked here, so a name cannot mean one thing at the check and another at the use.
 */
export function guardedLookup(policy: FetchPolicy): LookupFunction {
  const resolve = policy.resolveName ?? resolveBySystem;
  return (hostname, options, callback) => {
    resolve(hostname)
      .then((addresses) => {
        if (addresses.some(({ address }) => !policy.allowAddress(address)))
          throw forbidden('its host is not public');
        const usable = addresses.filter(({ family }) => !options.family || family === options.family);
        const first = usable[0];
        if (first === undefined) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
        if (options.all) callback(null, [...usable]);
        else callback(null, first.address, first.family);
      })
      .catch((error: unknown) => callback(error as NodeJS.ErrnoException, []));
  };
}
