import { describe, expect, it } from 'vitest';
import { LaneQueue } from '../../../../core/inference/lanes/lane-queue.ts';
import {
  currentDeadlineMs,
  withDeadline,
  withLaterDeadline,
} from '../../../../core/inference/lanes/run-deadline.ts';

type TestLane = { readonly name: string; load: number; onEased: () => void };

/** Lanes whose runs end when they are told to. */
function queueOf(laneCount: number) {
  const clock = { now: 0 };
  const lanes = Array.from({ length: laneCount }, (_, index): TestLane => ({
    name: `L${index}`,
    load: 0,
    onEased: () => undefined,
  }));
  const queue = new LaneQueue<TestLane>(lanes, () => clock.now);
  const model = {
    isIn: () => true,
    isOpening: () => true,
    openIn: () => Promise.resolve(),
    deservesLanes: false,
  };
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const add = (name: string, deadlineMs: number, wants: 'run' | 'chain' = 'run'): void =>
    queue.add({
      model,
      wants,
      deadlineMs,
      start: (lane) => {
        started.push(`${name} ${lane.name}`);
        if (wants === 'chain') {
          const chain = queue.holdFor(lane, { deadlineMs });
          ends.set(name, () => queue.release(chain));
          return;
        }
        lane.load += 1;
        ends.set(name, () => {
          lane.load -= 1;
          queue.finished(lane, { deadlineMs });
        });
      },
    });
  const end = (name: string): void => ends.get(name)!();
  return { clock, started, add, end };
}

describe('the queue of runs', () => {
  it('is first come, first served without deadlines, two runs a lane', () => {
    const { started, add, end } = queueOf(1);
    for (const name of ['a', 'b', 'c', 'd']) add(name, Infinity);
    expect(started).toEqual(['a L0', 'b L0']);
    end('a');
    end('b');
    expect(started).toEqual(['a L0', 'b L0', 'c L0', 'd L0']);
  });

  it('takes the earliest deadline first, and work without one last', () => {
    const { started, add, end } = queueOf(1);
    add('first', 100);
    add('second', 100);
    add('offline', Infinity);
    add('late', 900);
    add('soon', 300);
    add('too', 300);
    for (const name of ['first', 'second', 'soon', 'too', 'late']) end(name);
    expect(started.map((run) => run.split(' ')[0])).toEqual([
      'first',
      'second',
      'soon',
      'too',
      'late',
      'offline',
    ]);
  });

  it('leaves a lane to runs with deadlines while such come, and fills all again when they do not', () => {
    const { clock, started, add, end } = queueOf(2);
    add('live', 250);
    end('live');
    for (const name of ['a', 'b', 'c']) add(name, Infinity);
    // One at a time, none ahead: the other lane is free for the next run that somebody waits for.
    expect(started).toEqual(['live L0', 'a L0']);
    add('live again', 500);
    expect(started.at(-1)).toBe('live again L1');
    end('live again');
    clock.now = 5_000;
    end('a');
    expect(started.slice(-2)).toEqual(['b L0', 'c L1']);
  });

  it('keeps a lane free of chains for runs with deadlines; where there is one lane they go in between', () => {
    const two = queueOf(2);
    for (const name of ['a', 'b', 'c']) two.add(name, 1_000, 'chain');
    expect(two.started).toEqual(['a L0', 'b L0']);
    two.add('step', 250);
    expect(two.started.at(-1)).toBe('step L1');
    two.end('a');
    expect(two.started.at(-1)).toBe('c L0');
    const one = queueOf(1);
    one.add('chain', 1_000, 'chain');
    one.add('step', 250);
    one.add('offline', Infinity);
    expect(one.started).toEqual(['chain L0', 'step L0']);
  });
});

describe('the deadline of a run', () => {
  it('is of the work around it, however deep, and later where that says so', async () => {
    expect(currentDeadlineMs()).toBe(Infinity);
    const clock = { now: 10 };
    const deadlines = await withDeadline(
      () => clock.now + 250,
      async () => {
        const first = currentDeadlineMs();
        await Promise.resolve();
        clock.now = 20;
        return [first, currentDeadlineMs(), withLaterDeadline(1_000, currentDeadlineMs)];
      },
    );
    expect(deadlines).toEqual([260, 270, 1_270]);
    expect(withLaterDeadline(5, currentDeadlineMs)).toBe(Infinity);
  });
});
