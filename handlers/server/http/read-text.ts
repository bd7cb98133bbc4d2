import { isUtf8 } from 'node:buffer';
import { InvalidInputError, RequestError } from '../../../core/errors.ts';

/**
 * The text of a body.
 *
 * @throws InvalidInputError `audio_too_large` beyond the limit, `invalid_option` for bytes that are no UTF-8;
 * RequestError `unsupported_request` for a content encoding
 */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  refuseEncoding(request);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> = request.body ?? emptyBody();
  for await (const part of body) {
    bytes += part.byteLength;
    if (bytes > maxBytes) {
      throw new InvalidInputError(
        'audio_too_large',
        `Expected a body of at most ${maxBytes} bytes. Upload recordings as files.`,
        {
          details: { maxBytes },
        },
      );
    }
    parts.push(part);
  }
  const whole = Buffer.concat(parts);
  if (!isUtf8(whole)) throw new InvalidInputError('invalid_option', 'The body must be UTF-8.');
  return whole.toString('utf8');
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  // A request without a body has one of no bytes.
}

/** A small body may be a large one in disguise. @throws RequestError `unsupported_request` */
export function refuseEncoding(request: Request): void {
  if ((request.headers.get('content-encoding') ?? 'identity') === 'identity') return;
  throw new RequestError('unsupported_request', 'Send the body without a content encoding.');
}
