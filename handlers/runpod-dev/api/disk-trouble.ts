import { HttpReply } from '../../work/http/http-reply.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/** Codes of a disk that takes nothing more at present: full, over a quota, broken, out of descriptors. */
const DISK_CODES: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EROFS',
  'EFBIG',
  'EACCES',
  'EMFILE',
  'ENFILE',
]);

/** The reply to a request that the disk got in the way of; nothing of it has happened. Other errors as they are. */
export function asDiskReply(error: unknown): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || !DISK_CODES.has(code)) return error;
  return new HttpReply(503, `The platform cannot store this at present (${code}). Try again.`, {
    'retry-after': '5',
  });
}
