import { describe, expect, it } from 'vitest';
import { LiveLoad } from '../../../core/live/live-load.ts';

/** Sound at the pace of its clock, worked on at a share of it. */
function run(
  seconds: number,
  workedShare: number,
  load: LiveLoad,
  clock: { now: number },
  heard = clock.now,
) {
  const changes: string[][] = [];
  const from = clock.now;
  for (let second = 1; second <= seconds; second += 1) {
    clock.now += 1;
    if (load.look(heard + second, from + second * workedShare)) changes.push([...load.shed]);
  }
  return changes;
}

describe('a session that the machine cannot follow', () => {
  it('leaves out one thing after the other, and takes them up again when it follows', () => {
    const clock = { now: 0 };
    const load = new LiveLoad(() => clock.now);
    load.begin();
    expect(run(20, 0.7, load, clock)).toEqual([
      ['interim-text'],
      ['interim-text', 'half-steps'],
      ['interim-text', 'half-steps', 'frequent-corrections'],
    ]);
    expect(load.behindSeconds(20, 14)).toBeCloseTo(6);
    expect(run(60, 1, load, clock)).toEqual([['interim-text', 'half-steps'], ['interim-text'], []]);
  });

  it('is not behind where sound comes faster than people speak, or where nothing came yet', () => {
    const clock = { now: 100 };
    const load = new LiveLoad(() => clock.now);
    expect(load.behindSeconds(0, 0)).toBe(0);
    load.begin();
    clock.now = 110;
    // An hour in a second.
    expect(load.look(3_600, 12)).toBe(false);
    expect(load.behindSeconds(3_600, 12)).toBe(0);
    expect(load.behindSeconds(3_600, 8)).toBe(2);
  });
});
