import { expect, test } from 'vitest';
import { isTransient } from '../../../sdk/transport/retry-timing.ts';
import { TransportFailure } from '../../../sdk/transport/transport-failure.ts';

test('a status that can pass is transient, a refusal is not', () => {
  const transient = (status: number): boolean => isTransient(new TransportFailure('status', { status }));
  expect([408, 425, 429, 500, 502, 503, 504, 524].every(transient)).toBe(true);
  expect([400, 401, 403, 404, 405, 409, 410, 413, 422, 501, 505].some(transient)).toBe(false);
  expect(isTransient(new TransportFailure('network'))).toBe(true);
});
