import { expect, it } from 'vitest';
import { ByteBudget } from '../../../../handlers/work/http/byte-budget.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('admits what fits, and others in the order in which they came', async () => {
  const budget = new ByteBudget(100);
  const entered: string[] = [];
  const enter = async (name: string, bytes: number): Promise<() => void> => {
    const leave = await budget.take(bytes);
    entered.push(name);
    return leave;
  };
  const leaveA = await enter('a', 60);
  const b = enter('b', 60);
  const c = enter('c', 10);
  await settled();
  expect(entered, 'a small one does not overtake').toEqual(['a']);
  leaveA();
  leaveA();
  const leaveB = await b;
  const leaveC = await c;
  expect(entered).toEqual(['a', 'b', 'c']);
  const huge = enter('huge', 1_000);
  await settled();
  leaveB();
  leaveC();
  (await huge)();
  await enter('last', 100);
  expect(entered).toEqual(['a', 'b', 'c', 'huge', 'last']);
});
