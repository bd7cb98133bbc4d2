import { describe, expect, it } from 'vitest';
import { openedOnce } from '../../../../core/engine/tasks/opened-once.ts';
import type { TaskContext } from '../../../../core/engine/tasks/task.ts';

const CONTEXT = {} as TaskContext;

describe('openedOnce', () => {
  it('opens the models of equal setups once, also for tasks that ask at the same time', async () => {
    let count = 0;
    const open = openedOnce((setup: { readonly name: string }) =>
      Promise.resolve(`${setup.name} ${count++}`),
    );
    const [first, second] = await Promise.all([open({ name: 'a' }, CONTEXT), open({ name: 'a' }, CONTEXT)]);
    expect([first, second, await open({ name: 'b' }, CONTEXT)]).toEqual(['a 0', 'a 0', 'b 1']);
  });

  it('tries again after a failure, because it may have been mended', async () => {
    let isMended = false;
    const open = openedOnce(() =>
      isMended ? Promise.resolve('models') : Promise.reject(new Error('missing')),
    );
    await expect(open({}, CONTEXT)).rejects.toThrow('missing');
    isMended = true;
    await expect(open({}, CONTEXT)).resolves.toBe('models');
  });
});
