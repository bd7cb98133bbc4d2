/** With or without line breaks, as Python's two encoders write it; undefined for what is none. */
export function bytesOfBase64(text: string): Uint8Array | undefined {
  const packed = text.replace(/[\r\n]/g, '');
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined;
  return Uint8Array.from(Buffer.from(packed, 'base64'));
}
