import { expect, it } from 'vitest';
import { resultLimitBytes } from '../../../../handlers/runpod/jobs/oversized-result.ts';
import { SIZE_LIMITS } from '../../../../handlers/runpod-dev/platform-limits.ts';
import { RUN_BODY_LIMIT_BYTES, RUNSYNC_BODY_LIMIT_BYTES } from '../../../../sdk/contract/runpod.ts';

it('worker, local platform and client agree about the largest bodies', () => {
  expect(resultLimitBytes('job-1')).toBe(RUN_BODY_LIMIT_BYTES);
  expect(resultLimitBytes('sync-job-1')).toBe(RUNSYNC_BODY_LIMIT_BYTES);
  expect(SIZE_LIMITS).toMatchObject({
    runBytes: RUN_BODY_LIMIT_BYTES,
    runSyncBytes: RUNSYNC_BODY_LIMIT_BYTES,
  });
});
