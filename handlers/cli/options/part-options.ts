/** `--observations-only`, `--from` and `--to`: parts of a long recording for several machines. */
import type { Command } from 'commander';
import { Option } from 'commander';
import { defined } from '../../../core/defined.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { RecordingPart } from '../../../core/observation/recording-part.ts';
import { seconds } from './option-parsers.ts';

export type PartOptions = {
  readonly observationsOnly?: true;
  /** Seconds. */
  readonly from?: number;
  readonly to?: number;
};

export function addPartOptions(command: Command): Command {
  return command
    .option('--observations-only', 'only observe, for colloquy resolve: many machines can share a recording')
    .addOption(
      new Option('--from <seconds>', 'with --observations-only: from here (default: 0)').argParser(
        seconds('--from'),
      ),
    )
    .addOption(
      new Option('--to <seconds>', 'with --observations-only: up to here (default: the end)').argParser(
        seconds('--to'),
      ),
    );
}

/**
 * The part that is to be observed; `undefined` where whole results are wanted.
 *
 * @param others options of results, which observations have not
 * @throws InvalidInputError `invalid_option` for options that do not go together
 */
export function partOf(
  { observationsOnly, from = 0, to }: PartOptions,
  others: Readonly<Record<string, unknown>>,
  saveObservations: string | undefined,
): RecordingPart | undefined {
  if (observationsOnly !== true) {
    if (from === 0 && to === undefined) return undefined;
    throw refused('--from and --to belong to --observations-only; ffmpeg cuts recordings.');
  }
  if (saveObservations === undefined) throw refused('--observations-only needs --save-observations FILE.');
  const other = Object.keys(defined(others))[0];
  if (other !== undefined)
    throw refused(
      `--${other} belongs to a result; give it to colloquy resolve, or leave --observations-only out.`,
    );
  return { fromSeconds: from, toSeconds: to };
}

function refused(message: string): InvalidInputError {
  return new InvalidInputError('invalid_option', message);
}
