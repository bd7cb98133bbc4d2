import { open } from 'node:fs/promises';
import { mediaTypeOf } from '../../routes/media-type.ts';

/** What the service takes, as its message names it. */
const ACCEPTED = ['mp3', 'mp4', 'mpeg', 'mpga', 'm4a', 'wav', 'webm'];

export const WRONG_TYPE = `Invalid file type. Allowed: ${ACCEPTED.join(', ')}`;

const ACCEPTED_TYPES = new Set(['audio/wav', 'audio/mpeg', 'video/mp4', 'video/webm']);

/** Whether a file is one of those kinds by its content: names lie. */
export async function isAcceptedSound(path: string): Promise<boolean> {
  return ACCEPTED_TYPES.has(await mediaTypeOf(path)) || (await isMpegVideo(path));
}

/** A program stream begins with a pack header (ISO/IEC 11172-1, 2.4.3.2). */
async function isMpegVideo(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.readUInt32BE(0) === 0x00_00_01_ba;
  } finally {
    await file.close();
  }
}
