import { describe, expect, it } from 'vitest';
import { createResultSink, type ResultSink } from '../../../../handlers/runpod/platform/result-sink.ts';
import { DEFAULT_WORKER_TIMING } from '../../../../handlers/runpod/timing.ts';
import { fakeClient, fakeClock, reply, type Post } from '../fake-platform.ts';
import type { PlatformReply } from '../../../../handlers/runpod/platform/platform-http.ts';

function sinkWith(answer: (post: Post, index: number) => PlatformReply | Promise<PlatformReply>): {
  sink: ResultSink;
  posts: Post[];
  sleeps: number[];
  lost: string[];
  end: AbortController;
} {
  const { client, posts } = fakeClient(answer);
  const clock = fakeClock();
  const lost: string[] = [];
  const end = new AbortController();
  const sink = createResultSink({
    client,
    clock,
    timing: DEFAULT_WORKER_TIMING,
    log: () => undefined,
    refusedBody: (jobId, status, bytes) => `refused ${jobId} ${status} ${bytes}`,
    onLost: (jobId, reason) => lost.push(`${jobId}: ${reason}`),
    signal: end.signal,
  });
  return { sink, posts, sleeps: clock.sleeps, lost, end };
}

describe('the result sink', () => {
  it('posts once when the platform takes the result', async () => {
    const { sink, posts } = sinkWith(() => reply(200));
    expect(await sink.post('j', 'body', true).settled).toBe('delivered');
    expect(posts).toEqual([{ kind: 'output', jobId: 'j', body: 'body', isStream: true }]);
  });

  it.each<[string, PlatformReply]>([
    ['HTTP 500', reply(500)],
    ['HTTP 429', reply(429)],
    ['a broken connection', { kind: 'network', reason: 'ECONNRESET' }],
    ['a time-out', { kind: 'timeout' }],
  ])('posts again after %s until it arrives', async (_name, failure) => {
    const { sink, posts, sleeps } = sinkWith((_post, index) => (index < 4 ? failure : reply(200)));
    expect(await sink.post('j', 'body', false).settled).toBe('delivered');
    expect(posts).toHaveLength(5);
    expect(sleeps.map((ms) => Math.floor(ms / 1000))).toEqual([2, 3, 5, expect.closeTo(10, 0)]);
  });

  it('waits as long as Retry-After asks', async () => {
    const { sink, sleeps } = sinkWith((_post, index) => (index === 0 ? reply(429, '7') : reply(200)));
    await sink.post('j', 'body', false).settled;
    expect(sleeps).toEqual([7_000]);
  });

  it('gives up after ten minutes and reports the loss', async () => {
    const { sink, sleeps, lost } = sinkWith(() => reply(503));
    expect(await sink.post('j', 'body', false).settled).toBe('lost');
    const total = sleeps.reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeGreaterThan(560_000);
    expect(total).toBeLessThanOrEqual(600_000);
    expect(lost).toEqual(['j: HTTP 503']);
  });

  it.each([400, 413])('posts an error in place of a result that is refused with HTTP %d', async (status) => {
    const { sink, posts } = sinkWith((_post, index) => reply(index === 0 ? status : 200));
    expect(await sink.post('j', 'body', false).settled).toBe('replaced');
    expect(posts[1]!.body).toBe(`refused j ${status} 4`);
  });

  it('reports a loss when the error is refused too', async () => {
    const { sink, posts } = sinkWith(() => reply(413));
    expect(await sink.post('j', 'body', false).settled).toBe('lost');
    expect(posts).toHaveLength(2);
  });

  it.each([401, 403, 404, 409, 410])(
    'does not lose a result by one HTTP %d, and gives one that stays up after a minute',
    async (status) => {
      const { sink, posts } = sinkWith((_post, index) => reply(index === 0 ? status : 200));
      expect(await sink.post('j', 'body', false).settled).toBe('delivered');
      expect(posts).toHaveLength(2);
      const lasting = sinkWith(() => reply(status));
      const posting = lasting.sink.post('j', 'body', false);
      await posting.placeFree;
      expect(lasting.posts, 'the next job need not wait for that').toHaveLength(1);
      expect(await posting.settled).toBe('lost');
      const total = lasting.sleeps.reduce((sum, ms) => sum + ms, 0);
      expect(total).toBeGreaterThan(30_000);
      expect(total).toBeLessThanOrEqual(60_000);
    },
  );

  it('frees the place of the job after three failed posts', async () => {
    let release: (value: PlatformReply) => void = () => undefined;
    const { sink, posts } = sinkWith((_post, index) =>
      index < 3 ? reply(500) : new Promise<PlatformReply>((resolve) => (release = resolve)),
    );
    const posting = sink.post('j', 'body', false);
    await posting.placeFree;
    while (posts.length < 4) await Promise.resolve();
    release(reply(200));
    expect(await posting.settled).toBe('delivered');
  });

  it('does not post again once the process has to end', async () => {
    const { sink, posts, end } = sinkWith(() => reply(500));
    end.abort();
    expect(await sink.post('j', 'body', false).settled).toBe('lost');
    expect(posts).toHaveLength(1);
  });
});
