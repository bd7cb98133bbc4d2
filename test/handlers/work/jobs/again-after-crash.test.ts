import { expect, it } from 'vitest';
import { CapacityError, InvalidInputError } from '../../../../core/errors.ts';
import { againAfterCrash, onceAcrossAttempts } from '../../../../handlers/work/jobs/again-after-crash.ts';

const crash = new CapacityError('engine_crashed', 'The engine process ended unexpectedly.');
const running = new AbortController().signal;

/** Work whose first attempts fail so, and that counts them. */
function failing(...errors: readonly Error[]): { work: () => Promise<string>; attempts: () => number } {
  let attempts = 0;
  const work = (): Promise<string> => {
    const error = errors[attempts++];
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  };
  return { work, attempts: () => attempts };
}

it('begins anew when the engine ended', async () => {
  const { work, attempts } = failing(crash, crash);
  await expect(againAfterCrash(work, running)).resolves.toBe('done');
  expect(attempts()).toBe(3);
});

it('gives up at the third crash, with its error', async () => {
  const { work, attempts } = failing(crash, crash, crash);
  await expect(againAfterCrash(work, running)).rejects.toBe(crash);
  expect(attempts()).toBe(3);
});

it('does not repeat what fails for another reason, nor what nobody waits for any more', async () => {
  const wrong = failing(new InvalidInputError('corrupt_audio', 'no audio'));
  await expect(againAfterCrash(wrong.work, running)).rejects.toMatchObject({ code: 'corrupt_audio' });
  const stopped = failing(crash);
  await expect(againAfterCrash(stopped.work, AbortSignal.abort())).rejects.toBe(crash);
  expect([wrong.attempts(), stopped.attempts()]).toEqual([1, 1]);
});

it('tells what is told while the work goes on only once, however often the work begins anew', async () => {
  const told: number[] = [];
  const attempt = onceAcrossAttempts<number>((value) => told.push(value));
  const lengths = [2, 1, 4];
  const work = (): Promise<void> => {
    const tell = attempt();
    const length = lengths.shift()!;
    for (let value = 0; value < length; value++) tell(value);
    return lengths.length > 0 ? Promise.reject(crash) : Promise.resolve();
  };
  await againAfterCrash(work, running);
  expect(told).toEqual([0, 1, 2, 3]);
});
