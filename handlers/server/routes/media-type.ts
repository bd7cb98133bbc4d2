import { open } from 'node:fs/promises';

/** Types that browsers play, by the bytes that files of them begin with; nothing that they would run. */
const SIGNATURES: readonly (readonly [offset: number, bytes: string, type: string])[] = [
  [0, 'RIFF', 'audio/wav'],
  [0, 'fLaC', 'audio/flac'],
  [0, 'OggS', 'audio/ogg'],
  [0, 'ID3', 'audio/mpeg'],
  [4, 'ftyp', 'video/mp4'],
  [0, '\x1aE\xdf\xa3', 'video/webm'],
];

/** Media type of a recording, by its content and never by its name. */
export async function mediaTypeOf(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
    const head = buffer.subarray(0, bytesRead).toString('latin1');
    const known = SIGNATURES.find(([offset, bytes]) => head.startsWith(bytes, offset));
    if (known !== undefined) return known[2];
    const isMpegAudio = head.charCodeAt(0) === 0xff && (head.charCodeAt(1) & 0xe0) === 0xe0;
    return isMpegAudio ? 'audio/mpeg' : 'application/octet-stream';
  } finally {
    await file.close();
  }
}
