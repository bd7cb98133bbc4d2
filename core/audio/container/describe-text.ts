/** First bytes that are looked at: enough for a comment in front of a script. */
const TEXT_BYTES = 512;

/**
 * Says what a file is that only pretends to be audio: scripts that make a decoder open other files and addresses
 * (playlists, concat scripts, SDP), pictures in XML, any other text. Of all audio formats only NIST SPHERE begins with
 * text alone; it is recognised before.
 */
export function describeText(prefix: Uint8Array): string | undefined {
  const text = decodeText(prefix.subarray(0, TEXT_BYTES));
  if (text === undefined) return undefined;
  const start = text.trimStart().toLowerCase();
  if (start.startsWith('ffconcat')) return 'an ffmpeg concat script';
  if (start.startsWith('#extm3u') || start.startsWith('[playlist]')) return 'a playlist';
  if (start.startsWith('v=0')) return 'a session description (SDP)';
  if (start.includes('<svg')) return 'an SVG picture';
  if (start.startsWith('<')) return 'a web page or XML';
  return 'text';
}

/** The bytes as UTF-8, when they are text without control characters. */
function decodeText(bytes: Uint8Array): string | undefined {
  for (const byte of bytes) {
    if (byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte)) return undefined;
  }
  try {
    // `stream`: the cut may fall inside a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return undefined;
  }
}
