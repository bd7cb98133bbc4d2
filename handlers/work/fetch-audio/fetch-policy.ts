import type { ResolveName } from '../../../core/net/guarded-lookup.ts';
import { isPublicAddress } from '../../../core/net/public-address.ts';

/** Which addresses untrusted URLs may lead to. */
export type FetchPolicy = {
  /** Also http, not only https. */
  readonly allowHttp: boolean;
  /** Ports that may be dialled. */
  readonly ports: readonly number[];
  /** Addresses that may be dialled, besides nothing: the decision falls on the address, never on the URL. */
  readonly allowAddress: (address: string) => boolean;
  /** How names are resolved; the system's resolver unless given. */
  readonly resolveName?: ResolveName;
  /** `http://host:port` of an egress proxy that filters too; it resolves names itself then. */
  readonly proxyUrl?: string;
};

/** Every address and port, http included: for operators whose own network it is. */
export const PRIVATE_FETCH_POLICY: FetchPolicy = Object.freeze({
  allowHttp: true,
  ports: Object.freeze(Array.from({ length: 65_535 }, (_, index) => index + 1)),
  allowAddress: () => true,
});

/** Only https, only its usual ports, only the public internet. */
export const DEFAULT_FETCH_POLICY: FetchPolicy = Object.freeze({
  allowHttp: false,
  ports: Object.freeze([80, 443]),
  allowAddress: isPublicAddress,
});
