import { expect, it } from 'vitest';
import { isRetryableStatus } from '../../../core/net/retryable-status.ts';

it.each([408, 425, 429, 500, 502, 503, 504, 507, 509, 520, 524, 529, 599])('%i may pass', (status) => {
  expect(isRetryableStatus(status)).toBe(true);
});

it.each([0, 200, 204, 301, 400, 401, 403, 404, 405, 409, 410, 413, 422, 501, 505, 506, 508, 510, 511, 600])(
  '%i stays',
  (status) => {
    expect(isRetryableStatus(status)).toBe(false);
  },
);
