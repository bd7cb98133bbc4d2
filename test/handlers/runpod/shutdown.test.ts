import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Shutdown } from '../../../handlers/runpod/shutdown.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TIMING = { latePollMs: 100, lastPostsMs: 1_000 };

function steps({ noMorePolls, giveUpPoll, giveUpPosts, over }: Shutdown): boolean[] {
  return [noMorePolls, giveUpPoll, giveUpPosts, over].map(({ aborted }) => aborted);
}

describe('Shutdown', () => {
  it('ends polls, then the open poll, then gives jobs back, then ends posts', () => {
    const shutdown = new Shutdown(TIMING);
    const giveBack = vi.fn();
    shutdown.drain(500, giveBack);
    expect(steps(shutdown)).toEqual([true, false, false, false]);
    vi.advanceTimersByTime(100);
    expect(steps(shutdown)).toEqual([true, true, false, false]);
    expect(giveBack).not.toHaveBeenCalled();
    vi.advanceTimersByTime(400);
    expect(giveBack).toHaveBeenCalledOnce();
    expect(steps(shutdown)).toEqual([true, true, false, false]);
    vi.advanceTimersByTime(1_000);
    expect(steps(shutdown)).toEqual([true, true, true, false]);
  });

  it('shortens the time of running jobs when it is asked again, and gives the open poll up with them', () => {
    const shutdown = new Shutdown(TIMING);
    const giveBack = vi.fn();
    shutdown.drain(60_000, giveBack);
    shutdown.drain(10, giveBack);
    vi.advanceTimersByTime(10);
    expect(giveBack).toHaveBeenCalledOnce();
    expect(steps(shutdown)).toEqual([true, true, false, false]);
    vi.advanceTimersByTime(60_000);
    expect(giveBack).toHaveBeenCalledOnce();
  });

  it('only ends polls for a refresh', () => {
    const shutdown = new Shutdown(TIMING);
    shutdown.endPolls();
    vi.advanceTimersByTime(60_000);
    expect(steps(shutdown)).toEqual([true, true, false, false]);
  });

  it('leaves no timer and does nothing any more once all is over', () => {
    const shutdown = new Shutdown(TIMING);
    const giveBack = vi.fn();
    shutdown.drain(500, giveBack);
    shutdown.finish();
    expect(vi.getTimerCount()).toBe(0);
    shutdown.drain(10, giveBack);
    vi.advanceTimersByTime(60_000);
    expect(giveBack).not.toHaveBeenCalled();
    expect(shutdown.over.aborted).toBe(true);
  });
});
