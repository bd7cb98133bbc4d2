import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { ByteBudget } from './byte-budget.ts';
import { HttpReply } from './http-reply.ts';

export type ReadBodyOptions = {
  /** Larger bodies are answered with 413. */
  readonly maxBytes: number;
  /** A client that sends nothing for so long is given up. @default 30,000 ms */
  readonly idleMs?: number;
  /** Bodies wait here until there is room for them in memory. */
  readonly budget?: ByteBudget;
};

const IDLE_MS = 30_000;

/**
 * Reads a whole body and hands it to `use`; only so long does it count against the budget.
 *
 * The rest of a body that is too large is let go by: a client that is still sending could not hear the 413 otherwise.
 *
 * @throws HttpReply 413 beyond the limit, 415 for a content encoding, 408 for a client that stalls, 400 for one that
 * breaks off or bytes that are not UTF-8
 */
export async function withBodyText<T>(
  request: IncomingMessage,
  options: ReadBodyOptions,
  use: (text: string) => Promise<T>,
): Promise<T> {
  const { maxBytes, budget } = options;
  const encoding = request.headers['content-encoding'] ?? 'identity';
  // A small body may be a large one in disguise.
  if (encoding !== 'identity') throw new HttpReply(415, 'Send the body without a content encoding.');
  const announced = Number(request.headers['content-length'] ?? Number.NaN);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const release = await budget?.take(Number.isNaN(announced) ? maxBytes : announced);
  try {
    const bytes = await readAll(request, maxBytes, options.idleMs ?? IDLE_MS);
    if (!isUtf8(bytes)) throw new HttpReply(400, 'The body must be UTF-8.');
    return await use(bytes.toString('utf8'));
  } finally {
    release?.();
  }
}

/** Listens instead of iterating: leaving an iteration would cut the connection before the client has its answer. */
function readAll(request: IncomingMessage, maxBytes: number, idleMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const settle = (outcome: () => void): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      request.on('error', () => undefined).resume();
      outcome();
    };
    const timer = setTimeout(() => {
      settle(() => reject(new HttpReply(408, 'The body did not come in time.', { connection: 'close' })));
    }, idleMs);
    const onData = (part: Buffer): void => {
      timer.refresh();
      bytes += part.byteLength;
      if (bytes > maxBytes) settle(() => reject(tooLarge(maxBytes)));
      else parts.push(part);
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(parts)));
    const onClose = (): void => settle(() => reject(new HttpReply(400, 'The body ended early.')));
    request.on('data', onData).on('end', onEnd).on('close', onClose);
  });
}

function tooLarge(maxBytes: number): HttpReply {
  return new HttpReply(413, `The body is over the limit of ${maxBytes} bytes.`);
}
