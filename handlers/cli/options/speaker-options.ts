import { type Command, Option } from 'commander';
import { InvalidInputError } from '../../../core/errors.ts';
import type { SpeakerBoundsOptions } from '../../work/requests/speaker-bounds.ts';
import { seconds, wholeNumber } from './option-parsers.ts';

/** More speakers than any recording has; a slip of the hand, not a wish. */
const MAX_SPEAKERS = 1_000;

/** The options of `diarize` and `resolve` that decide how observations become turns. */
export type SpeakerOptions = {
  readonly numSpeakers?: number;
  readonly minSpeakers?: number;
  readonly maxSpeakers?: number;
  readonly minDuration?: number;
};

export function addSpeakerOptions(command: Command): Command {
  const count = (flag: string, description: string) =>
    new Option(`${flag} <n>`, description).argParser(wholeNumber(flag, 1, MAX_SPEAKERS));
  return command
    .addOption(count('--num-speakers', 'exactly so many speakers; estimated when absent'))
    .addOption(count('--min-speakers', 'at least so many'))
    .addOption(count('--max-speakers', 'at most so many'))
    .addOption(
      new Option('--min-duration <seconds>', 'drop turns shorter than this').argParser(
        seconds('--min-duration'),
      ),
    );
}

/**
 * The options in the words of the contract; what is left out is decided by whoever does the work.
 *
 * @throws InvalidInputError `invalid_option` for bounds that exclude each other
 */
export function speakerJobOptions(options: SpeakerOptions): SpeakerBoundsOptions {
  const { numSpeakers, minSpeakers, maxSpeakers, minDuration: minDurationSeconds } = options;
  if (numSpeakers !== undefined && (minSpeakers !== undefined || maxSpeakers !== undefined)) {
    throw contradiction('--num-speakers says it all', 'leave --min-speakers and --max-speakers out');
  }
  if (minSpeakers !== undefined && maxSpeakers !== undefined && minSpeakers > maxSpeakers) {
    throw contradiction(
      `--min-speakers ${minSpeakers} is above --max-speakers ${maxSpeakers}`,
      'exchange them or leave one out',
    );
  }
  return { numSpeakers, minSpeakers, maxSpeakers, minDurationSeconds };
}

function contradiction(what: string, advice: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `The bounds on speakers contradict each other: ${what}; ${advice}.`,
  );
}
