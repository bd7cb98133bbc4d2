/** Failures of system calls that tell of a limit of the machine, whatever was being done when it was met. */
import { CapacityError, OutputError, type SpeechError } from './errors.ts';
import { systemErrorCode } from './system-error-code.ts';

const FEW_FILES =
  'Close what else is open, or raise the limit (ulimit -n; LimitNOFILE of a service), and try again.';
const NO_ROOM = 'Make room on the disk, and try again.';

/** By the code of the call; each says what is used up, and what to do. */
const LIMITS: Readonly<Record<string, (cause: unknown) => SpeechError>> = {
  EMFILE: overloaded(`This process may not open another file or connection (EMFILE). ${FEW_FILES}`),
  ENFILE: overloaded(`This machine may not open another file or connection (ENFILE). ${FEW_FILES}`),
  EAGAIN: overloaded(
    'There is no room for another process or thread (EAGAIN). Run fewer at once, and try again.',
  ),
  ENOMEM: (cause) =>
    new CapacityError('out_of_memory', 'The machine has no memory left (ENOMEM). Run fewer jobs at once.', {
      cause,
    }),
  ENOSPC: notWritable(`The disk is full (ENOSPC). ${NO_ROOM}`),
  EDQUOT: notWritable(`The quota of the disk is used up (EDQUOT). ${NO_ROOM}`),
};

function overloaded(message: string): (cause: unknown) => SpeechError {
  return (cause) => new CapacityError('overloaded', message, { cause });
}

function notWritable(message: string): (cause: unknown) => SpeechError {
  return (cause) => new OutputError('output_not_writable', message, { cause });
}

/** The limit that a failed call met, as an error for callers; undefined for all else. */
export function machineLimit(error: unknown): SpeechError | undefined {
  const code = systemErrorCode(error);
  // Anything else that would have to wait says EAGAIN as well.
  if (code === 'EAGAIN' && !isSpawn(error)) return undefined;
  return code === undefined || !Object.hasOwn(LIMITS, code) ? undefined : LIMITS[code]!(error);
}

function isSpawn(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn');
}
