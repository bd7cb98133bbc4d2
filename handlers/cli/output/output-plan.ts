/** Decides before the work where results go and in which form. */
import { mkdir, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { InvalidInputError } from '../../../core/errors.ts';
import { type FormatInput, formatNames, formatOf, OUTPUT_FORMATS } from '../../../core/formats/index.ts';
import { notWritable } from '../../work/files/pending-file.ts';
import type { CliContext } from '../context.ts';

/** For people, turns and a timeline or paragraphs: what a command prints when nobody asks for a format. */
export const TERMINAL_FORMAT = 'terminal';

/** Formats of results without words. */
export const TURN_FORMATS: readonly string[] = [TERMINAL_FORMAT, ...formatNames('turns')];

/** Formats that several results can be printed in, one after another. */
const CONCATENATED_FORMATS = [TERMINAL_FORMAT, 'text', 'rttm', 'uem', 'json', 'ctm', 'stm'];

export type OutputOptions = {
  /** One format; for transcripts also several with commas, or `all`. */
  readonly format?: string;
  readonly output?: string;
};

/** What was decided before the work began. */
export type OutputPlan = {
  readonly formats: readonly string[];
  /** Every format was asked for, not each by name: one that needs a missing package is left out. */
  readonly isAll: boolean;
  /** Absent: results go to stdout. */
  readonly target?: { readonly kind: 'file' | 'folder'; readonly path: string };
};

/**
 * Decides where results go; makes the output folder.
 *
 * @param inputs as on the command line; `-` is stdin
 * @throws InvalidInputError `invalid_option` when options, inputs and formats do not fit together
 * @throws OutputError `output_not_writable` when the folder cannot be made
 */
export async function planOutput(
  inputs: readonly string[],
  options: OutputOptions,
  takes: FormatInput = 'turns',
): Promise<OutputPlan> {
  const { output } = options;
  const asked = options.format === undefined ? undefined : formatsOf(options.format, takes);
  const isAll = options.format === 'all';
  if (output === undefined || output === '-') {
    const formats = asked ?? [TERMINAL_FORMAT];
    refuseMixtures(inputs, formats);
    return { formats, isAll };
  }
  const needsFolder = inputs.length > 1 || (asked !== undefined && asked.length > 1);
  const kind = needsFolder || (await isFolder(output)) ? 'folder' : 'file';
  const formats = asked ?? [kind === 'folder' ? 'json' : formatOfFileName(output, takes)];
  if (kind === 'folder') {
    for (const format of formats)
      refuseSameNames(inputs, (input) => resultFileName(nameOfInput(input), format));
    await mkdir(output, { recursive: true }).catch((error: unknown) => {
      throw notWritable(output, error);
    });
  }
  return { formats, isAll, target: { kind, path: output } };
}

function formatsOf(list: string, takes: FormatInput): string[] {
  if (list === 'all') return formatNames(takes);
  return [...new Set(list.split(',').map((name) => formatNamed(name.trim(), takes)))];
}

/** A format by its name or by the ending of its files: `md` is `markdown`. */
function formatNamed(name: string, takes: FormatInput): string {
  if (name === TERMINAL_FORMAT) return name;
  const byEnding = formatNames('words').find(
    (format) => formatOf(format).extension.toLowerCase() === name.toLowerCase(),
  );
  const format = Object.hasOwn(OUTPUT_FORMATS, name) ? name : (byEnding ?? name);
  if (formatOf(format).takes === 'words' && takes === 'turns') throw needsWords(format);
  return format;
}

function needsWords(format: string): InvalidInputError {
  return new InvalidInputError(
    'invalid_option',
    `The format ${format} needs words, and this result has turns only; choose out of ${formatNames('turns').join(', ')}.`,
    { details: { option: '--format' } },
  );
}

/** Standard output takes one format, and several results only where they can follow one another. */
function refuseMixtures(inputs: readonly string[], formats: readonly string[]): void {
  if (formats.length > 1) throw conflict('Several formats need --output FOLDER/, a file for each of them.');
  if (inputs.length > 1 && !CONCATENATED_FORMATS.includes(formats[0]!)) {
    throw conflict(
      `Several results in the format ${formats[0]!} cannot follow one another; give --output FOLDER/ for one file each.`,
    );
  }
}

/**
 * Checks that nobody has to look at the bytes of a document.
 *
 * @throws InvalidInputError `invalid_option`
 */
export function refuseBinaryOnTerminal(
  { formats, target }: OutputPlan,
  { stdout }: Pick<CliContext, 'stdout'>,
): void {
  if (target !== undefined || formats[0] !== 'docx' || !stdout.isTTY) return;
  throw conflict('A Word document is no text for a terminal; give --output FILE.docx.');
}

/** What a recording is called in results: the file name without its ending. */
export function nameOfInput(input: string): string {
  return input === '-' ? 'stdin' : basename(input, extname(input));
}

/** The file of a result in a folder. */
export function resultFileName(recordingId: string, format: string): string {
  const extension = format === TERMINAL_FORMAT ? 'txt' : formatOf(format).extension;
  return `${recordingId.replace(/[/\\]/g, '_')}.${extension}`;
}

/** The format that a file name stands for. */
function formatOfFileName(path: string, takes: FormatInput): string {
  const name = basename(path).toLowerCase();
  // The longest ending wins: `.labels.txt` before `.txt`.
  const [best] = formatNames('words')
    .filter((format) => name.endsWith(`.${formatOf(format).extension.toLowerCase()}`))
    .toSorted((a, b) => formatOf(b).extension.length - formatOf(a).extension.length);
  if (best !== undefined && takes === 'turns' && formatOf(best).takes === 'words') throw needsWords(best);
  if (best !== undefined) return best;
  throw conflict(
    `The ending of ${basename(path)} names no format; add --format with one of ${[TERMINAL_FORMAT, ...formatNames(takes)].join(', ')}.`,
  );
}

/**
 * Checks that no two inputs get the same name.
 *
 * @throws InvalidInputError `invalid_option`
 */
export function refuseSameNames(inputs: readonly string[], nameOf: (input: string) => string): void {
  const taken = new Map<string, string>();
  for (const input of inputs) {
    const name = nameOf(input);
    const other = taken.get(name);
    if (other !== undefined) {
      throw conflict(
        `${other} and ${input} would both be written to ${name}; give them in two calls, or rename one.`,
      );
    }
    taken.set(name, input);
  }
}

async function isFolder(path: string): Promise<boolean> {
  if (/[/\\]$/.test(path)) return true;
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

function conflict(message: string): InvalidInputError {
  return new InvalidInputError('invalid_option', message, { details: { option: '--output' } });
}
