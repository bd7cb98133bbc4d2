import { InputUnavailableError, InvalidInputError } from '../../../core/errors.ts';
import { systemErrorCode } from '../../../core/system-error-code.ts';

/** What messages and results call standard input. */
export const STANDARD_INPUT_NAME = 'standard input';

/**
 * The bytes of standard input.
 *
 * @throws InvalidInputError `invalid_option` when it is a terminal, where nobody can type a recording
 * @throws InputUnavailableError `file_not_readable`, from the iteration
 */
export function standardInput(stdin: NodeJS.ReadStream): AsyncIterable<Uint8Array> {
  if (stdin.isTTY) {
    throw new InvalidInputError(
      'invalid_option',
      'Standard input is a terminal; send a recording through it: colloquy diarize - < talk.wav',
    );
  }
  return readAll(stdin);
}

async function* readAll(stdin: NodeJS.ReadStream): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stdin) yield chunk as Uint8Array;
  } catch (cause) {
    const code = systemErrorCode(cause) ?? 'unknown reason';
    const message = `Standard input cannot be read (${code}); send a recording through it.`;
    throw new InputUnavailableError('file_not_readable', message, { cause });
  }
}
