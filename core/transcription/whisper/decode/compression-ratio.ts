import { deflate } from 'pako';

/**
 * How much shorter zlib makes a text: about 1 for speech, above 2.4 where a decoder repeats itself; 0 without text.
 *
 * @see openai-whisper `utils.compression_ratio`
 */
export function compressionRatio(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return bytes.length / zlibLength(bytes);
}

/**
 * How many bytes zlib makes of some, at level 6, as the zlib of Python does.
 *
 * The zlib inside Node is another one: it takes faster hashes where the processor has them and misses short repeats, so
 * its lengths differ from those of Python by up to a seventh, and from machine to machine. pako 2.1.0 is zlib in
 * JavaScript, so that a text gets the same score everywhere; pako 3 and fflate differ, which is why its version is pinned
 * and the lengths of Python are a test.
 */
export function zlibLength(bytes: Uint8Array): number {
  return deflate(bytes).length;
}
