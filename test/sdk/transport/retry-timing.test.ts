import { expect, test } from 'vitest';
import { isTransient, mayHaveArrived } from '../../../sdk/transport/retry-timing.ts';
import { TransportFailure } from '../../../sdk/transport/transport-failure.ts';

test('a status that can pass is transient, a refusal is not', () => {
  const transient = (status: number): boolean => isTransient(new TransportFailure('status', { status }));
  expect([408, 425, 429, 500, 502, 503, 504, 524].every(transient)).toBe(true);
  expect([400, 401, 403, 404, 405, 409, 410, 413, 422, 501, 505].some(transient)).toBe(false);
  expect(isTransient(new TransportFailure('network'))).toBe(true);
});

test('a request whose reply was lost may have arrived, one that was never sent has not', () => {
  const refused = new Error('fetch failed', {
    cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
  });
  const cut = new Error('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) });
  expect(mayHaveArrived(new TransportFailure('network', { cause: refused }))).toBe(false);
  expect(mayHaveArrived(new TransportFailure('network', { cause: cut }))).toBe(true);
  expect(mayHaveArrived(new TransportFailure('timeout'))).toBe(true);
  expect(mayHaveArrived(new TransportFailure('malformed'))).toBe(true);
  const arrived = (status: number): boolean => mayHaveArrived(new TransportFailure('status', { status }));
  expect([500, 502, 504, 524].every(arrived)).toBe(true);
  expect([408, 425, 429, 503].some(arrived)).toBe(false);
});
