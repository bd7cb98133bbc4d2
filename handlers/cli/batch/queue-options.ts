import { Option } from 'commander';
import { InvalidInputError } from '../../../core/errors.ts';
import { variableText } from '../../setup/variables.ts';
import type { CliContext } from '../context.ts';

/** `--queue [url]`; an address with a password is better kept in COLLOQUY_QUEUE. */
export function queueOption(description: string): Option {
  return new Option('--queue [url]', description);
}

/**
 * The address of the queue.
 *
 * @throws InvalidInputError `invalid_option` where nobody says it
 */
export function queueUrlOf(queue: string | true | undefined, { config }: CliContext): string {
  const url = typeof queue === 'string' ? queue : variableText(config.environment, 'COLLOQUY_QUEUE');
  if (url !== undefined) return url;
  throw new InvalidInputError(
    'invalid_option',
    'Expected the address of the queue: --queue redis://HOST:PORT, or COLLOQUY_QUEUE.',
  );
}
