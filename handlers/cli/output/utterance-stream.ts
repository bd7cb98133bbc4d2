/** What `--stream` prints while the work goes on. */
import type { UtteranceEvent } from '../../../core/engine/tasks/transcribe-task.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { singleLine } from '../../../core/formats/writing/single-line.ts';
import { timeSpan } from '../../../core/formats/tables/timed-lines.ts';
import type { CliContext } from '../context.ts';
import type { OutputOptions } from './output-plan.ts';
import type { InputReference, Messenger } from './progress.ts';

/** Version of the JSON lines. */
const SCHEMA_VERSION = 1;

export type UtteranceStream = (event: UtteranceEvent, input: InputReference) => void;

/**
 * Checks the options that `--stream` goes with.
 *
 * @throws InvalidInputError `invalid_option` where both the stream and the result want standard output
 */
export function checkStream({ stream, format, output }: OutputOptions & { readonly stream?: true }): void {
  if (stream === undefined) return;
  if (output === '-')
    throw conflict('--stream prints to standard output itself; give --output another place.');
  if (output !== undefined || format === undefined || format === 'json') return;
  throw conflict(
    `--stream prints lines, or with --format json a JSON object a line; for ${format} add --output.`,
  );
}

/**
 * A line an utterance: `[00012.35-00015.60] SPEAKER_00: …`, without the name where it is not known yet; or JSON.
 *
 * @param names of speakers by label
 */
export function createUtteranceStream(
  { format, output }: OutputOptions,
  names: ReadonlyMap<string, string>,
  messenger: Messenger,
  { stdout }: Pick<CliContext, 'stdout'>,
): UtteranceStream {
  const isJson = format === 'json' && output === undefined;
  return ({ type, utterance }, { index, name: input }) => {
    messenger.clear();
    if (isJson) {
      const event = { schemaVersion: SCHEMA_VERSION, type, index, input, utterance };
      stdout.write(`${JSON.stringify(event)}\n`);
      return;
    }
    const { speaker } = utterance;
    const who = speaker === null ? '' : `${singleLine(names.get(speaker) ?? speaker)}: `;
    stdout.write(`${timeSpan(utterance)} ${who}${singleLine(utterance.text)}\n`);
  };
}

function conflict(message: string): InvalidInputError {
  return new InvalidInputError('invalid_option', message, { details: { option: '--stream' } });
}
