/** A reply of the development API that differs from the recorded one on purpose; bodies as they are compared. */
export type MendedReply = { reason: string; status: number; body: unknown };

const FAILED_TEXT = { status: 'FAILED', error: '{"code":7}' };
const BROKE = { error_type: 'ValueError', error_message: 'stream broke' };

/**
 * Cases that cannot be replayed in their place, since ours answers where the original does not and the cases after
 * it would find no job; and pages that ours does not have.
 */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'docs page': 'there is no documentation page; the API is described in docs/runpod.md',
  'docs redirect': 'there is no documentation page',
  openapi: 'there is no document of the development API',
  'status with GET': 'GET works as on the platform; tested apart',
  'stream with GET': 'GET works as on the platform; tested apart',
};

const errorOf = (error: unknown): MendedReply => ({
  reason: 'a stream that breaks is FAILED with its error, not HTTP 500',
  status: 200,
  body: { status: 'FAILED', error },
});
const gone: MendedReply = {
  reason: 'a job that has failed is over',
  status: 200,
  body: { status: 'FAILED', error: 'Job ID not found' },
};

/** By recording and case. The same list, in words, is in docs/runpod.md. */
export const MENDED_REPLIES: Readonly<Record<string, Readonly<Record<string, MendedReply>>>> = {
  plain: {
    'runsync fail_object': { reason: 'errors are text', status: 200, body: FAILED_TEXT },
    'runsync empty': { reason: 'an empty result is a result', status: 200, body: { status: 'COMPLETED' } },
    'status with empty result': {
      reason: 'an empty result is a result',
      status: 200,
      body: { status: 'COMPLETED' },
    },
    'v2 prefix': { reason: 'the paths of the platform work', status: 200, body: { status: 'IN_PROGRESS' } },
  },
  'generator-sync': {
    'runsync raises': errorOf(BROKE),
    'stream raises': {
      ...errorOf(BROKE),
      body: { status: 'FAILED', stream: [{ output: { n: 0 } }], error: BROKE },
    },
    'stream raises again (job is kept)': gone,
    'status raises': gone,
    'runsync yields an error': {
      reason: 'a streamed error fails the job, as in the queue worker',
      status: 200,
      body: { status: 'FAILED', error: 'it broke' },
    },
    'stream yields an error': {
      reason: 'a streamed error fails the job, as in the queue worker',
      status: 200,
      body: {
        status: 'FAILED',
        stream: [{ output: { n: 0 } }, { output: { error: 'it broke' } }],
        error: 'it broke',
      },
    },
  },
  'generator-sync-aggregate': {
    'runsync raises': errorOf(BROKE),
    'runsync yields an error': {
      reason: 'a streamed error fails the job, as in the queue worker',
      status: 200,
      body: { status: 'FAILED', error: 'it broke' },
    },
  },
};
