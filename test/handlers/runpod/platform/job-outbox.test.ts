import { describe, expect, it } from 'vitest';
import { JobOutbox } from '../../../../handlers/runpod/platform/job-outbox.ts';
import { DEFAULT_WORKER_TIMING } from '../../../../handlers/runpod/timing.ts';
import { fakeClient, fakeClock, reply, type Post } from '../fake-platform.ts';
import type { PlatformReply } from '../../../../handlers/runpod/platform/platform-http.ts';

type Answer = (post: Post, index: number) => PlatformReply | Promise<PlatformReply>;

function outboxWith(answer: Answer): { outbox: JobOutbox; posts: Post[] } {
  const { client, posts } = fakeClient(answer);
  const parts = { client, clock: fakeClock(), timing: DEFAULT_WORKER_TIMING, log: () => undefined };
  return { outbox: new JobOutbox('j', parts), posts };
}

/** Answers on a later turn of the event loop, as a network does, and without a clock. */
const later: Answer = () => new Promise((resolve) => setImmediate(() => resolve(reply(200))));

/** Lets everything happen that waits for no clock: more turns of the event loop than any test here has answers. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('the outbox of a job', () => {
  it('sends one thing at a time, and of progress only the newest', async () => {
    let open = 0;
    const { outbox, posts } = outboxWith(async (post, index) => {
      open += 1;
      expect(open).toBe(1);
      const answer = await later(post, index);
      open -= 1;
      return answer;
    });
    for (let i = 0; i < 20; i++) outbox.progress(String(i));
    await settle();
    await outbox.close();
    expect(posts.map(({ body }) => (JSON.parse(body) as { output: number }).output)).toEqual([0, 19]);
    expect(posts[0]).toMatchObject({ kind: 'output', isStream: false });
  });

  it('sends all chunks in order before it is closed', async () => {
    const { outbox, posts } = outboxWith(later);
    for (let i = 0; i < 5; i++) await outbox.chunk(String(i));
    await outbox.close();
    expect(posts.map(({ body }) => body)).toEqual([0, 1, 2, 3, 4].map((i) => `{"output": ${i}}`));
  });

  it('makes the handler wait when many chunks wait', async () => {
    const answers: ((value: PlatformReply) => void)[] = [];
    const { outbox } = outboxWith(() => new Promise((resolve) => answers.push(resolve)));
    let accepted = 0;
    const all = (async () => {
      for (let i = 0; i < 40; i++) {
        await outbox.chunk(String(i));
        accepted += 1;
      }
    })();
    await settle();
    expect(accepted).toBe(16);
    const done = new AbortController();
    const answering = (async () => {
      while (!done.signal.aborted) {
        answers.shift()?.(reply(200));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await all;
    await outbox.close();
    done.abort();
    await answering;
    expect(accepted).toBe(40);
  });

  it('sends nothing after it is closed', async () => {
    const { outbox, posts } = outboxWith(later);
    outbox.progress('1');
    await outbox.close();
    const count = posts.length;
    outbox.progress('2');
    await outbox.chunk('3');
    await settle();
    expect(posts).toHaveLength(count);
  });

  it('tries a chunk three times, and drops one that is refused', async () => {
    const { outbox, posts } = outboxWith((post) => reply(post.body.includes('refused') ? 400 : 500));
    await outbox.chunk('"refused"');
    await outbox.chunk('"unlucky"');
    await outbox.close();
    expect(posts.map(({ body }) => body)).toEqual([
      '{"output": "refused"}',
      ...Array.from({ length: 3 }, () => '{"output": "unlucky"}'),
    ]);
  });

  it('forgets what waits when the job is stopped', async () => {
    const { outbox, posts } = outboxWith(later);
    for (let i = 0; i < 5; i++) await outbox.chunk(String(i));
    outbox.discard();
    await settle();
    expect(posts).toHaveLength(1);
  });
});
