import { zlibLength } from './zlib-length.ts';

/**
 * How much shorter zlib makes a text: about 1 for speech, above 2.4 where a decoder repeats itself; 0 without text.
 *
 * @see openai-whisper `utils.compression_ratio`
 */
export function compressionRatio(text: string): number {
  const bytes = new TextEncoder().encode(text);
  return bytes.length / zlibLength(bytes);
}
