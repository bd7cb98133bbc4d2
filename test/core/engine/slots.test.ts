import { describe, expect, it } from 'vitest';
import { Slots } from '../../../core/engine/slots.ts';
import { CanceledError, DeadlineError } from '../../../core/errors.ts';

describe('Slots', () => {
  it('admits in order of arrival, never more than its count', async () => {
    const slots = new Slots(2);
    const admitted: number[] = [];
    const enter = async (visitor: number) => {
      await slots.acquire();
      admitted.push(visitor);
    };
    const visits = [0, 1, 2, 3].map(enter);
    await Promise.all(visits.slice(0, 2));
    expect(admitted).toEqual([0, 1]);
    slots.release();
    await visits[2];
    expect(admitted).toEqual([0, 1, 2]);
    slots.release();
    await visits[3];
    expect(admitted).toEqual([0, 1, 2, 3]);
  });

  it('lets the next one in when a waiter left the line', async () => {
    const slots = new Slots(1);
    await slots.acquire();
    const impatient = new AbortController();
    const left = slots.acquire(impatient.signal);
    const next = slots.acquire();
    const reason = new DeadlineError('Too late.');
    impatient.abort(reason);
    await expect(left).rejects.toBe(reason);
    slots.release();
    await expect(next).resolves.toBeUndefined();
  });

  it('turns away who waits, and who comes with an aborted signal', async () => {
    const slots = new Slots(1);
    await slots.acquire();
    const waiting = slots.acquire();
    slots.refuseWaiting(new CanceledError('closed'));
    await expect(waiting).rejects.toThrow('closed');
    await expect(slots.acquire(AbortSignal.abort())).rejects.toMatchObject({ code: 'canceled' });
  });
});
