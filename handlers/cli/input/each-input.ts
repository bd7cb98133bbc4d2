import { basename } from 'node:path';
import { InvalidInputError } from '../../../core/errors.ts';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import type { CliContext } from '../context.ts';
import type { InputReference, Messenger } from '../output/progress.ts';
import { STANDARD_INPUT_NAME } from './standard-input.ts';

/** @throws InvalidInputError `invalid_option` when standard input is named more than once */
export function refuseSecondStandardInput(inputs: readonly string[]): void {
  if (inputs.filter((input) => input === '-').length <= 1) return;
  throw new InvalidInputError('invalid_option', 'Standard input (-) can be read only once; name it once.');
}

/**
 * Does the work for one input after another; a failing one of several is told and does not stop the others.
 *
 * @throws what the work throws, for a single input, and when the command is stopped
 */
export async function forEachInput(
  inputs: readonly string[],
  { messenger, context }: { readonly messenger: Messenger; readonly context: CliContext },
  work: (input: string, reference: InputReference) => Promise<void>,
): Promise<void> {
  let failed = 0;
  for (const [index, input] of inputs.entries()) {
    const reference = { index, name: input === '-' ? STANDARD_INPUT_NAME : basename(input) };
    try {
      await work(input, reference);
    } catch (error) {
      if (context.signal.aborted || inputs.length === 1) throw error;
      messenger.error(reference, toSpeechError(error));
      failed++;
    }
  }
  if (failed === 0) return;
  messenger.note(`${failed} of ${inputs.length} inputs failed`);
  context.setExitCode(EXIT_CODES.someFailed);
}
