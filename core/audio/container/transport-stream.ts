/** First byte of every packet. */
const SYNC = 0x47;

/** Plain packets (.ts), with a time code in front (.m2ts, .mts), with a checksum behind (DVB-ASI). */
const PACKET_BYTES = [188, 192, 204];

/** So many packets in a row are no coincidence; a shorter file must have them all. */
const ENOUGH_PACKETS = 5;

/**
 * True for an MPEG transport stream, also one whose first packet is cut.
 *
 * @param prefix the start of a file
 * @see ISO/IEC 13818-1
 */
export function isTransportStream(prefix: Uint8Array): boolean {
  return PACKET_BYTES.some((packetBytes) => {
    for (let start = 0; start < packetBytes; start++) if (isInSync(prefix, start, packetBytes)) return true;
    return false;
  });
}

function isInSync(prefix: Uint8Array, start: number, packetBytes: number): boolean {
  let packets = 0;
  for (let at = start; at < prefix.length; at += packetBytes, packets++) {
    if (prefix[at] !== SYNC) return false;
  }
  return packets >= ENOUGH_PACKETS;
}
