import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  diskCheck,
  memoryCheck,
  networkCheck,
  programCheck,
} from '../../../handlers/runpod/system-checks.ts';
import { runFitnessChecks } from '../../../handlers/runpod/fitness.ts';

const silent = (): void => undefined;
const run = (check: Parameters<typeof runFitnessChecks>[0][number]): ReturnType<typeof runFitnessChecks> =>
  runFitnessChecks([check], silent);

describe('checks of the machine', () => {
  it('pass where there is enough, and say what is missing where not', async () => {
    expect(await run(memoryCheck(1))).toBeUndefined();
    expect((await run(memoryCheck(1e18)))?.reason).toMatch(
      /GB of memory are free, 1000000000.0 GB are needed/,
    );
    expect(await run(diskCheck('/', 0))).toBeUndefined();
    expect((await run(diskCheck('/', 101)))?.reason).toContain('101 % are needed');
    expect(await run(programCheck(process.execPath, ['--version']))).toBeUndefined();
    expect((await run(programCheck('no-such-program', [])))?.check).toBe('no-such-program');
  });

  it('find out whether an address can be reached', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    expect(await run(networkCheck('127.0.0.1', port, 1_000))).toBeUndefined();
    await new Promise((resolve) => server.close(resolve));
    expect((await run(networkCheck('127.0.0.1', port, 1_000)))?.check).toBe('network');
  });

  it('end with the first that fails', async () => {
    const ran: string[] = [];
    const check = (name: string, fails: boolean): Parameters<typeof runFitnessChecks>[0][number] => ({
      name,
      run: () => {
        ran.push(name);
        if (fails) throw new TypeError('unfit');
      },
    });
    const unfit = await runFitnessChecks([check('a', false), check('b', true), check('c', false)], silent);
    expect(unfit).toEqual({ check: 'b', reason: 'TypeError: unfit' });
    expect(ran).toEqual(['a', 'b']);
  });
});
