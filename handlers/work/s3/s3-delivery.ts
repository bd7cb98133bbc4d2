import { isCertificateError } from '../../../core/net/certificate-error.ts';
import type { DeliveryTry } from '../../../core/net/deliver.ts';
import { isRetryableStatus } from '../../../core/net/retryable-status.ts';
import { factsOfS3Error, reasonOfS3Error } from './s3-errors.ts';

/** Failures that the next try may not have, whatever their status: a slow client, a clock that is wrong by minutes. */
const PASSING = new Set(['RequestTimeout', 'RequestTimeTooSkewed', 'SlowDown', 'OperationAborted']);

/** Keys that are being changed look so for a moment: some stores answer 400 to those that have run out. */
const REFUSED_KEYS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidToken',
  'TokenRefreshRequired',
  'CredentialsProviderError',
]);

const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404, 409]);

/** What a failed request to a store means for an object that shall go there. */
export function failedS3Try(error: unknown): DeliveryTry<never> {
  const { name, status } = factsOfS3Error(error);
  const reason = reasonOfS3Error(error);
  if (isCertificateError(error)) return { kind: 'final', reason };
  if (REFUSED_KEYS.has(name)) return { kind: 'refused', reason };
  if (PASSING.has(name) || status === undefined || isRetryableStatus(status)) {
    return { kind: 'passing', reason };
  }
  return REFUSALS.has(status) ? { kind: 'refused', reason } : { kind: 'final', reason };
}
