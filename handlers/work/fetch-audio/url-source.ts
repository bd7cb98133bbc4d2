import { retryAfterMs } from '../../../core/net/retry-after.ts';
import { isRetryableStatus } from '../../../core/net/retryable-status.ts';
import type { ByteSource, OpenedBytes } from './byte-source.ts';
import { TransferInterrupted, unreachable } from './fetch-errors.ts';
import { discard, type GuardedHttp, type GuardedReply } from './guarded-http.ts';

type Headers = GuardedReply['headers'];

function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function byteCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A strong validator: only equal bytes have it. */
function versionOf(headers: Headers): string | undefined {
  const etag = header(headers, 'etag');
  return etag?.startsWith('"') === true ? etag : undefined;
}

function opened(reply: GuardedReply, asked: number): OpenedBytes {
  const version = versionOf(reply.headers);
  if (reply.status === 206) {
    const range = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(
      header(reply.headers, 'content-range') ?? '',
    );
    if (range === null || Number(range[1]) !== asked) {
      discard(reply.body);
      throw unreachable('the server sent another range than it was asked for', { retryable: true });
    }
    return { stream: reply.body, startByte: asked, totalBytes: byteCount(range[2]), version };
  }
  const totalBytes = byteCount(header(reply.headers, 'content-length'));
  return { stream: reply.body, startByte: 0, totalBytes, version };
}

/** The bytes behind an untrusted URL. They are taken as they come: no content encoding is asked for or undone. */
export function urlSource(url: string, http: GuardedHttp): ByteSource {
  return {
    async open(startByte, version, signal) {
      const resume: Record<string, string> =
        startByte > 0 && version !== undefined ? { range: `bytes=${startByte}-`, 'if-range': version } : {};
      const reply = await http.get(url, { accept: '*/*', 'accept-encoding': 'identity', ...resume }, signal);
      if (reply.status === 200 || reply.status === 206) return opened(reply, startByte);
      discard(reply.body);
      const reason = `the server answered ${reply.status}`;
      if (isRetryableStatus(reply.status)) {
        const waitMs = retryAfterMs(header(reply.headers, 'retry-after'), Date.now());
        throw new TransferInterrupted(reason, { retryAfterMs: waitMs });
      }
      throw unreachable(reason, { retryable: false, details: { status: reply.status } });
    },
  };
}
