import type { Clock } from '../../../core/net/clock.ts';
import type { PlatformClient } from '../../../handlers/runpod/platform/platform-client.ts';
import type { PlatformReply } from '../../../handlers/runpod/platform/platform-http.ts';

export const reply = (status: number, retryAfter?: string): PlatformReply => ({
  kind: 'reply',
  status,
  contentType: 'application/json',
  retryAfter,
  text: '',
});

/** A post that the fake platform has received. */
export type Post = { kind: 'output' | 'chunk'; jobId: string; body: string; isStream: boolean };

/** A client whose posts are kept and answered by a function; it takes no polls. */
export function fakeClient(answer: (post: Post, index: number) => PlatformReply | Promise<PlatformReply>): {
  client: PlatformClient;
  posts: Post[];
} {
  const posts: Post[] = [];
  const receive = async (post: Post): Promise<PlatformReply> => {
    posts.push(post);
    return answer(post, posts.length - 1);
  };
  const unplanned = (): never => {
    throw new Error('unplanned call');
  };
  return {
    posts,
    client: {
      take: unplanned,
      stop: undefined,
      postOutput: (jobId, body, isStream) => receive({ kind: 'output', jobId, body, isStream }),
      postChunk: (jobId, body) => receive({ kind: 'chunk', jobId, body, isStream: false }),
      close: () => undefined,
    },
  };
}

/** A clock that stands still but for its sleeps, which take no time. */
export function fakeClock(): Clock & { readonly sleeps: number[] } {
  let now = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      sleeps.push(ms);
      await Promise.resolve();
    },
  };
}
