/** How a request failed. */
export type FailureKind =
  /** The server answered with another status than 2xx. */
  | 'status'
  /** No connection, or it was cut. */
  | 'network'
  /** No answer in time. */
  | 'timeout'
  /** An answer that is not what it should be: cut JSON, an HTML page. */
  | 'malformed';

/** One request that failed. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure' as const;
  readonly kind: FailureKind;
  readonly status: number | undefined;
  /** What `Retry-After` asks for. */
  readonly retryAfterMs: number | undefined;
  /** What the server says about it, where that is short text. */
  readonly serverMessage: string | undefined;

  constructor(
    kind: FailureKind,
    options: {
      status?: number;
      retryAfterMs?: number | undefined;
      serverMessage?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(`request failed: ${kind}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.serverMessage = options.serverMessage;
  }
}

const MAX_MESSAGE_LENGTH = 300;

/** The message of an error reply, whatever form it has; never a page of HTML. */
export function serverMessageOf(body: unknown): string | undefined {
  if (typeof body === 'string')
    return /^\s*</.test(body) || body === '' ? undefined : body.slice(0, MAX_MESSAGE_LENGTH);
  if (typeof body !== 'object' || body === null) return undefined;
  const { message, error, detail, title } = body as Record<string, unknown>;
  return serverMessageOf([message, error, detail, title].find((value) => typeof value === 'string'));
}
