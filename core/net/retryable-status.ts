/** Server errors that stay: not implemented, and faults of the set-up of a server or a network. */
const LASTING: ReadonlySet<number> = new Set([501, 505, 506, 508, 510, 511]);

/**
 * True for an HTTP status that may pass, so that the same request can succeed later: the server asks to wait or to
 * repeat (408, 425, 429), or has a trouble of its own (5xx, but for those that last). The one meaning for downloads,
 * uploads, posts, pings, webhooks and the client.
 *
 * @see RFC 9110, section 15; RFC 8470 (425), RFC 6585 (429, 511), RFC 4918 (507, "considered to be temporary")
 */
export function isRetryableStatus(status: number): boolean {
  if (status === 408 || status === 425 || status === 429) return true;
  return status >= 500 && status < 600 && !LASTING.has(status);
}
