import { spawn } from 'node:child_process';
import { builtFile } from '../../../core/inference/built-file.ts';
import type { CliContext } from '../context.ts';

/** What a helper is started with behind everything that its command was. */
export const HELPER_FLAG = '--helper';

/**
 * Starts processes that make trials of the same study: this command once more, on the same folder. The journal shares
 * the work out, as between any two commands, so a helper that dies costs nothing but its trial.
 *
 * @param context whose arguments they get, and whose signal ends them
 * @returns resolves when all have ended; never rejects, the journal says what was done
 */
export function startHelpers(
  count: number,
  { args, config, signal }: Pick<CliContext, 'args' | 'config' | 'signal'>,
): Promise<void> {
  const ends = Array.from({ length: count }, () => {
    // The last of equal options counts.
    const own = [builtFile('cli.js'), ...args, '--jobs', '1', HELPER_FLAG];
    const env = { ...config.environment };
    const helper = spawn(process.execPath, own, { stdio: ['ignore', 'ignore', 'inherit'], env });
    const stop = (): void => void helper.kill('SIGTERM');
    signal.addEventListener('abort', stop, { once: true });
    return new Promise<void>((resolve) => {
      helper.once('error', () => resolve());
      helper.once('exit', () => resolve());
    }).finally(() => signal.removeEventListener('abort', stop));
  });
  return Promise.all(ends).then(() => undefined);
}
