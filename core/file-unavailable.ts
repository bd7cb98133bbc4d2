import { InputUnavailableError, InvalidInputError, type SpeechError } from './errors.ts';
import { systemErrorCode } from './system-error-code.ts';

/**
 * Why a file or folder that the user names cannot be had, in the same words everywhere.
 *
 * @param name  what the message calls it
 * @param cause of a failed system call
 */
export function fileUnavailable(name: string, cause: unknown): SpeechError {
  switch (systemErrorCode(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InputUnavailableError('file_not_found', `${name} does not exist; check its path.`, {
        cause,
      });
    case 'EISDIR':
      return notReadable(name, 'is a folder; expected a file', cause);
    case 'EACCES':
    case 'EPERM':
      return notReadable(name, 'may not be read; check its permissions', cause);
    case 'ERR_INVALID_ARG_VALUE':
    case 'ERR_INVALID_ARG_TYPE':
      return new InvalidInputError('invalid_option', `The path of ${name} is no valid path.`, { cause });
    default:
      return notReadable(name, 'could not be read', cause);
  }
}

function notReadable(name: string, state: string, cause: unknown): InputUnavailableError {
  const reason = systemErrorCode(cause) ?? 'unknown';
  return new InputUnavailableError('file_not_readable', `${name} ${state}.`, { cause, details: { reason } });
}
