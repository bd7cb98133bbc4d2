import { CanceledError } from '../../core/errors.ts';
import { EXIT_CODES } from '../errors/error-mapping.ts';

/** What SIGINT and SIGTERM lead to. */
export type Interrupts = {
  readonly signal: AbortSignal;
  /** The exit code of the signal that came; undefined while none came. */
  readonly exitCode: () => number | undefined;
};

/**
 * The first SIGINT or SIGTERM cancels the work, so that it ends in order; a second one ends the process at once.
 *
 * @param onForcedEnd removes what must not stay behind; has to be quick
 */
export function watchInterrupts(onForcedEnd: () => void): Interrupts {
  const stopping = new AbortController();
  let exitCode: number | undefined;
  const watch = (name: 'SIGINT' | 'SIGTERM', code: number) => {
    process.on(name, () => {
      if (stopping.signal.aborted) {
        onForcedEnd();
        process.exit(code);
      }
      exitCode = code;
      stopping.abort(new CanceledError(`Stopped by ${name}; nothing was left behind.`));
    });
  };
  watch('SIGINT', EXIT_CODES.interrupted);
  watch('SIGTERM', EXIT_CODES.terminated);
  return { signal: stopping.signal, exitCode: () => exitCode };
}
