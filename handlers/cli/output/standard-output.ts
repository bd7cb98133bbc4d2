import type { OutputError } from '../../../core/errors.ts';
import { notWritable } from '../../work/files/pending-file.ts';

/** What became of standard output. */
export type StandardOutput = {
  /** Aborted when nothing can be written any more, so that work for nobody ends. */
  readonly signal: AbortSignal;
  /** Waits until everything was handed over. */
  readonly flushed: () => Promise<void>;
  /** The reader went away, as `head` does when it has enough: no failure. */
  readonly isClosedByReader: () => boolean;
  /** Why the rest could not be written, for instance on a full disk. */
  readonly failure: () => OutputError | undefined;
};

/** Watches the stream that carries results. */
export function watchStandardOutput(stdout: NodeJS.WriteStream): StandardOutput {
  const broken = new AbortController();
  let failure: OutputError | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure ??= notWritable('Standard output', error);
    broken.abort();
  });
  return {
    signal: broken.signal,
    flushed: () => new Promise((resolve) => stdout.write('', () => setImmediate(resolve))),
    isClosedByReader: () => broken.signal.aborted && failure === undefined,
    failure: () => failure,
  };
}
