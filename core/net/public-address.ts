import ipaddr from 'ipaddr.js';

/** Addresses that look public and are not: Azure's wire server answers every virtual machine there. */
const INTERNAL: ReadonlySet<string> = new Set(['168.63.129.16']);

/** The first 96 bits of an IPv4 address that a NAT64 of the network translates (RFC 6052). */
const NAT64_PREFIX: readonly number[] = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

/**
 * True for an address of the public internet, by allow-list: what is not plain unicast is not public. Loopback,
 * private, link-local, shared, multicast and reserved ranges fall away together, and so does IPv6 outside of the one
 * block that is given out (2000::/3, RFC 4291), such as `::7f00:1`.
 *
 * IPv4 inside IPv6 is judged by the address inside where every network reads it alike: mapped (`::ffff:8.8.8.8`) and
 * translated by NAT64's well-known prefix (`64:ff9b::808:808`). Other tunnels (6to4, Teredo, local NAT64) are refused.
 *
 * @param address text of an address; anything else, a name or a port included, is not public
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed?.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv6) return parsed.parts[0]! >> 13 === 1;
  return !INTERNAL.has(parsed.toString());
}

/** True for addresses of this machine, in every spelling. */
export function isLoopbackAddress(address: string): boolean {
  return parseAddress(address)?.range() === 'loopback';
}

/** The address in the host of a URL, without the brackets around IPv6; `undefined` where the host is a name. */
export function addressInHost(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return parseAddress(bare) === undefined ? undefined : bare;
}

/** Only whole addresses: no short or octal IPv4 (`127.1`, `010.0.0.1`), and no zone, which means a network of here. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const isWhole =
    ipaddr.IPv4.isValidFourPartDecimal(text) || (ipaddr.IPv6.isValid(text) && !text.includes('%'));
  if (!isWhole) return undefined;
  const parsed = ipaddr.process(text);
  if (parsed instanceof ipaddr.IPv4) return parsed;
  const bytes = parsed.toByteArray();
  const isTranslated = NAT64_PREFIX.every((byte, index) => bytes[index] === byte);
  return isTranslated ? new ipaddr.IPv4(bytes.slice(12)) : parsed;
}
