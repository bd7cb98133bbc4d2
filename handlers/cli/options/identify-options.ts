/** Options of `identify`, wherever the work is done. */
import { type Command, Option } from 'commander';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { invalidOption, wholeNumber } from './option-parsers.ts';

export type IdentifyCliOptions = {
  readonly minMargin?: number;
  readonly candidates?: number;
  readonly failOnMismatch?: true;
};

export function addIdentifyOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--min-margin <value>',
        'least lead over the second voice, on the scale of the threshold',
      ).argParser(margin),
    )
    .addOption(
      new Option('--candidates <n>', 'how many candidates to list (default: 10)').argParser(
        wholeNumber('--candidates', 1, 10_000),
      ),
    )
    .option('--fail-on-mismatch', `end with code ${EXIT_CODES.mismatch} for a stranger`);
}

function margin(text: string): number {
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text);
  throw invalidOption('--min-margin', 'a number from 0 up', text);
}
