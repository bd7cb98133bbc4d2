import type { Kind } from './recording.ts';
import type { Normalised } from './normalised.ts';

/** A place where our worker differs from the recorded one on purpose. */
export type MendedFault = {
  /** Number in the list of docs/runpod.md. */
  fault: number;
  reason: string;
  kind: Kind | 'exit';
  /** What is expected in place of the recorded requests of this kind. */
  expect?: (recorded: Normalised[]) => Normalised[];
  /** For what no list can say: which demand a poll carries depends on the moment; throws where it is wrong. */
  check?: (seen: Normalised[]) => void;
  /** Expected exit code, or null for a worker that goes on. */
  exitCode?: number | null;
};

/** A final body for a job, with the recorded headers of some other post. */
function done(like: Normalised, jobId: string, body: unknown, isStream = false): Normalised {
  return {
    ...like,
    kind: 'done',
    path: like.path.replace(/\/job-(done|stream)\/<worker>\/[^/]*$/, `/job-done/<worker>/${jobId}`),
    query: { ...like.query, isStream: String(isStream) },
    headers: { ...like.headers, 'x-request-id': jobId },
    body,
  };
}

/** Polls that ask for these numbers of jobs, with the recorded headers. */
const asks =
  (...polls: readonly (readonly [count: number, busy: 0 | 1])[]) =>
  (recorded: Normalised[]): Normalised[] =>
    polls.map(([count, busy]) => {
      const { batch_size: _, job_in_progress: __, ...query } = recorded[0]!.query;
      const segment = count > 1 ? '/job-take-batch/' : '/job-take/';
      return {
        ...recorded[0]!,
        path: recorded[0]!.path.replace(/\/job-take(-batch)?\//, segment),
        query: {
          ...query,
          ...(count > 1 ? { batch_size: String(count) } : {}),
          job_in_progress: String(busy),
        },
      };
    });

/** Python's error object for a failure that the original swallowed. */
function failure(type: string, message: string): unknown {
  return {
    error: {
      error_type: type,
      error_message: message,
      hostname: 'worker-1-host',
      worker_id: 'worker-1',
      runpod_version: '1.12.0',
    },
  };
}

const json = (kind: string): unknown =>
  failure(
    'InvalidInputError',
    `The output cannot be sent as JSON: ${kind}. Return text, numbers, lists and plain objects.`,
  );

const IDLE_GAP = 'polls as soon as a place is free, not on a grid of 1 s, and counts every job once';
const anyDemand: MendedFault = { fault: 2, reason: IDLE_GAP, kind: 'take', check: demandsAreSane };

/** Every poll asks for at least one job, and in the batch form exactly when for more than one. */
function demandsAreSane(seen: Normalised[]): void {
  for (const { path, query } of seen) {
    const size = Number(query.batch_size ?? 1);
    const isBatch = path.includes('/job-take-batch/');
    if (size < 1 || isBatch !== size > 1 || !['0', '1'].includes(query.job_in_progress ?? '')) {
      throw new Error(`not a sane demand: ${path} ${JSON.stringify(query)}`);
    }
  }
}

/** Every difference, by scenario. The same list, in words, is in docs/runpod.md. */
export const MENDED_FAULTS: Record<string, readonly MendedFault[]> = {
  'concurrency-3-different-lengths': [
    { fault: 2, reason: IDLE_GAP, kind: 'take', expect: asks([3, 0], [1, 1], [1, 1], [1, 1]) },
  ],
  'concurrency-3-six-jobs': [anyDemand],
  'concurrency-5-two-jobs': [
    {
      fault: 2,
      reason: IDLE_GAP,
      kind: 'take',
      check: (seen) => {
        demandsAreSane(seen);
        const { batch_size: size, job_in_progress: busy } = seen[1]!.query;
        if (size !== '3' || busy !== '1')
          throw new Error(`with 2 of 5 jobs in hand it asked for ${size ?? 1}`);
      },
    },
  ],
  'concurrency-grow': [{ ...anyDemand, fault: 3, reason: 'grows while jobs run; the original drains first' }],
  'concurrency-sync-handler': [anyDemand],
  'ping-two-jobs': [anyDemand],
  'take-more-than-asked': [anyDemand],
  'templates-bare-question-mark': [
    { fault: 2, reason: IDLE_GAP, kind: 'take', expect: asks([2, 0], [1, 1]) },
  ],
  'debugger-flag': [
    {
      fault: 21,
      reason: 'the debugger flag adds nothing to results',
      kind: 'done',
      expect: ([first]) => [done(first!, 'job-1', { output: { echo: { a: 1 } } })],
    },
  ],
  'debugger-flag-text-output': [
    {
      fault: 21,
      reason: 'results of any kind arrive under the debugger flag',
      kind: 'done',
      expect: ([first]) => [
        done(first!, 'job-1', { output: 'text' }),
        done(first!, 'job-2', { error: 'e' }),
        done(first!, 'job-3', { output: { a: 1 } }),
      ],
    },
  ],
  'done-400': [
    {
      fault: 5,
      reason: 'a refused result is answered with an error in its place; 429 is tried again',
      kind: 'done',
      expect: ([one, two, three]) => [
        one!,
        done(
          one!,
          'job-1',
          failure('OutputError', 'The platform refused the result of 27 bytes with HTTP 400.'),
        ),
        two!,
        done(
          two!,
          'job-2',
          failure(
            'OutputError',
            'The platform refused the result of 27 bytes with HTTP 413. Ask for fewer or smaller ' +
              'outputs, or configure a bucket for large results on the worker.',
          ),
        ),
        three!,
        three!,
      ],
    },
  ],
  'done-always-500': [
    {
      fault: 4,
      reason:
        'a result is posted until it arrives (here: with the fourth post, which the recording does not have)',
      kind: 'done',
      expect: (all) => [all[0]!, all[0]!, all[0]!, all[0]!, all[3]!, all[3]!, all[3]!, all[3]!],
    },
  ],
  'done-connection-closed': [
    {
      fault: 4,
      reason: 'a result whose connection broke is posted again',
      kind: 'done',
      expect: (all) => [all[0]!, all[0]!, all[1]!],
    },
  ],
  'generator-raises': [
    {
      fault: 10,
      reason: 'errors of streams have the form of all errors',
      kind: 'done',
      expect: ([first]) => [done(first!, 'job-1', failure('ValueError', 'stream broke'), true)],
    },
  ],
  'generator-refresh-worker': [
    {
      fault: 11,
      reason: 'a streamed refresh_worker is heard',
      kind: 'done',
      expect: ([first]) => [{ ...first!, body: { ...(first!.body as object), stopPod: true } }],
    },
    { fault: 11, reason: 'and the worker ends', kind: 'exit', exitCode: 0 },
  ],
  'generator-wrapper': [
    {
      fault: 12,
      reason: 'a function that returns a generator streams',
      kind: 'stream',
      expect: () => [streamed('job-1', 1), streamed('job-1', 2)],
    },
    {
      fault: 12,
      reason: 'and has a final result',
      kind: 'done',
      expect: () => [done(streamed('job-1', 0), 'job-1', { output: [] }, true)],
    },
  ],
  'generator-yield-error': [
    {
      fault: 11,
      reason: 'the chunk with the error reaches the stream',
      kind: 'stream',
      expect: ([first]) => [first!, { ...first!, body: { output: { error: { code: 5 }, extra: 1 } } }],
    },
    {
      fault: 9,
      reason: 'errors are text, as JSON',
      kind: 'done',
      expect: ([first]) => [{ ...first!, body: { error: '{"code":5}' } }],
    },
  ],
  'handler-missing': [
    { fault: 13, reason: 'a worker without a handler does not start', kind: 'take', expect: () => [] },
    { fault: 13, reason: 'nor listens', kind: 'stop', expect: () => [] },
    { fault: 13, reason: 'nor pings', kind: 'ping', expect: () => [] },
    { fault: 13, reason: 'but says so with its exit code', kind: 'exit', exitCode: 1 },
  ],
  'lone-surrogate': [
    {
      fault: 8,
      reason: 'text with half a surrogate pair arrives, escaped',
      kind: 'done',
      expect: ([first]) => [done(first!, 'job-0', { output: '\ud83d' }), first!],
    },
  ],
  'non-serialisable-chunk': [
    {
      fault: 8,
      reason: 'a chunk that JSON cannot hold ends the stream',
      kind: 'stream',
      expect: ([first]) => [first!],
    },
    {
      fault: 8,
      reason: 'and fails the job',
      kind: 'done',
      expect: () => [done(streamed('job-1', 0), 'job-1', json('it is a binary buffer'), true)],
    },
  ],
  'non-serialisable-output': [
    {
      fault: 8,
      reason: 'an output that JSON cannot hold fails the job',
      kind: 'done',
      expect: ([last]) => [
        done(
          last!,
          'job-0',
          failure(
            'InvalidInputError',
            'The output cannot be sent as JSON: it refers to itself. Return plain data without circles.',
          ),
        ),
        done(last!, 'job-1', json('the field "output" is a binary buffer')),
        done(last!, 'job-2', json('the field "s" is a Set')),
        done(last!, 'job-3', json('the field "output" is a bigint')),
        last!,
      ],
    },
  ],
  'ping-interval-below-one-second': [
    {
      fault: 16,
      reason: 'pings every second; the original not at all',
      kind: 'ping',
      expect: () => [plainPing(), plainPing(), plainPing()],
    },
  ],
  'ping-500': [{ fault: 17, reason: 'a fixed grid: failures do not delay the next ping', kind: 'ping' }],
  'ping-timeout': [{ fault: 17, reason: 'a fixed grid: failures do not delay the next ping', kind: 'ping' }],
  'progress-update-race': [
    {
      fault: 6,
      reason: 'updates are sent in order, the superseded ones not at all, and none after the result',
      kind: 'progress',
      check: (seen) => {
        const values = seen.map(({ body }) => (body as { output: number }).output);
        if (values.length === 0 || values.some((value, i) => i > 0 && value <= values[i - 1]!)) {
          throw new Error(`progress out of order: ${values.join(' ')}`);
        }
      },
    },
  ],
  'refresh-worker-config-second-job': [
    { fault: 2, reason: IDLE_GAP, kind: 'take', expect: asks([3, 0], [2, 1]) },
    {
      fault: 18,
      reason: 'a job that the open poll delivers at the end is run',
      kind: 'done',
      expect: ([first]) => [first!, done(first!, 'job-2', { output: { echo: { a: 2 } }, stopPod: true })],
    },
  ],
  'refresh-worker-return': [
    { fault: 19, reason: 'takes nothing more after a refresh', kind: 'take', expect: ([first]) => [first!] },
    { fault: 19, reason: 'so no second job', kind: 'done', expect: ([first]) => [first!] },
    { fault: 19, reason: 'and ends', kind: 'exit', exitCode: 0 },
  ],
  'return-error-dict': [
    {
      fault: 9,
      reason: 'errors are always text: anything else would be reported as COMPLETED',
      kind: 'done',
      expect: (all) =>
        all.map((exchange) => {
          const body = exchange.body as Record<string, unknown>;
          if (body.error === undefined || typeof body.error === 'string') return exchange;
          return { ...exchange, body: { ...body, error: JSON.stringify(body.error) } };
        }),
    },
  ],
  'return-values': [
    {
      fault: 7,
      reason: 'NaN is null: a bare NaN is not JSON',
      kind: 'done',
      expect: (all) =>
        all.map((exchange) =>
          (exchange.body as { output?: unknown }).output === '<NaN>'
            ? { ...exchange, body: { output: null } }
            : exchange,
        ),
    },
  ],
  'sigterm-late-job': [
    {
      fault: 18,
      reason: 'a job that the open poll delivers after SIGTERM is run',
      kind: 'done',
      expect: () => [done(streamed('job-late', 0), 'job-late', { output: { echo: {} } })],
    },
  ],
  'take-batch-item-without-id': [
    {
      fault: 14,
      reason: 'a bad batch item hurts only itself',
      kind: 'done',
      expect: () => [done(streamed('job-2', 0), 'job-2', { output: { echo: { a: 2 } } })],
    },
    { ...anyDemand, fault: 14 },
    { fault: 14, reason: 'the worker goes on', kind: 'exit', exitCode: null },
  ],
  'take-batch-item-without-input': [anyDemand],
  'take-malformed-single': [
    {
      fault: 15,
      reason: 'a job without input reaches its handler in the single form as in the list form',
      kind: 'done',
      expect: (all) => [done(all[0]!, 'job-x', { output: {} }), ...all],
    },
    // One of the answers is spent on the job that the original drops: the good ones follow all the same.
    anyDemand,
  ],
  'take-numeric-id': [
    {
      fault: 15,
      reason: 'an id that is a number is an id',
      kind: 'done',
      expect: () => [done(streamed('17', 0), '17', { output: { echo: {} } })],
    },
    anyDemand,
  ],
  'take-same-id-twice': [
    { fault: 2, reason: IDLE_GAP, kind: 'take', expect: asks([2, 0], [1, 1]) },
    {
      fault: 20,
      reason: 'a job delivered twice is run once',
      kind: 'done',
      expect: ([first]) => [first!],
    },
  ],
  'templates-other-placeholder': [
    {
      fault: 22,
      reason: 'both placeholders are filled in all templates',
      kind: 'take',
      expect: (all) =>
        all.map((poll) => ({ ...poll, path: poll.path.replace('$RUNPOD_POD_ID', '<worker>') })),
    },
    {
      fault: 22,
      reason: 'both placeholders are filled in all templates',
      kind: 'stop',
      expect: (all) =>
        all.map((poll) => ({ ...poll, path: poll.path.replace('$RUNPOD_POD_ID', '<worker>') })),
    },
  ],
  'templates-without-query': [
    {
      fault: 23,
      reason: 'parameters begin a query where there is none',
      kind: 'take',
      expect: (all) =>
        all.map((poll) => ({
          ...poll,
          path: poll.path.replace('&job_in_progress=0', ''),
          query: { job_in_progress: '0' },
        })),
    },
    {
      fault: 23,
      reason: 'parameters begin a query where there is none',
      kind: 'done',
      expect: (all) =>
        all.map((post) => ({
          ...post,
          path: post.path.replace('&isStream=false', ''),
          query: { isStream: 'false' },
        })),
    },
  ],
};

const COMMON_HEADERS = {
  authorization: 'rpa_FAKEKEY0000',
  accept: '*/*',
};

/** A streamed value as the recordings have them, where a recording has no post to take the form from. */
function streamed(jobId: string, output: unknown): Normalised {
  return {
    kind: 'stream',
    method: 'POST',
    path: `/v2/ep-test/job-stream/<worker>/${jobId}`,
    query: { gpu: 'NVIDIA GeForce RTX 4090', isStream: 'false' },
    headers: {
      ...COMMON_HEADERS,
      'accept-encoding': 'gzip, deflate',
      'content-type': 'application/x-www-form-urlencoded',
      charset: 'utf-8',
      'user-agent': '<product> (<machine>) Language/<language>',
      'x-request-id': jobId,
    },
    body: { output },
  };
}

function plainPing(): Normalised {
  return {
    kind: 'ping',
    method: 'GET',
    path: '/v2/ep-test/ping/<worker>',
    query: { gpu: 'NVIDIA GeForce RTX 4090', runpod_version: '1.12.0' },
    headers: COMMON_HEADERS,
    body: undefined,
  };
}
