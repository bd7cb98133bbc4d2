import type { LookupFunction } from 'node:net';
import { guardedLookup } from '../../../core/net/guarded-lookup.ts';
import { forbidden } from './fetch-errors.ts';
import type { FetchPolicy } from './fetch-policy.ts';

/** The resolver of sockets that a policy allows: names with any other address fail with `audio_url_forbidden`. */
export function lookupOf({ allowAddress, resolveName }: FetchPolicy): LookupFunction {
  return guardedLookup({ allowAddress, resolveName, refuse: () => forbidden('its host is not public') });
}
