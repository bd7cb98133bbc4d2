/** Where results go and in which form. */
import { mkdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { InvalidInputError } from '../../core/errors.ts';
import { formatNames, formatOf, renderResult } from '../../core/formats/index.ts';
import type { DiarizationResult } from '../../core/transcript/result.ts';
import { columnsOf, usesColour, type CliContext } from './context.ts';
import { notWritable, PendingFile } from './pending-file.ts';
import { DEFAULT_COLUMNS, renderForTerminal } from './terminal-timeline.ts';

/** Turns and a timeline for people: what a command prints when nobody asks for a format. */
const TERMINAL_FORMAT = 'terminal';

/** Formats of results without words. */
export const TURN_FORMATS: readonly string[] = [TERMINAL_FORMAT, ...formatNames('turns')];

/** Formats that several results can be printed in, one after another. */
const CONCATENATED_FORMATS = [TERMINAL_FORMAT, 'text', 'rttm', 'uem', 'json'];

export type OutputOptions = { readonly format?: string; readonly output?: string };

/** What was decided before the work began. */
export type OutputPlan = {
  readonly format: string;
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
export async function planOutput(inputs: readonly string[], options: OutputOptions): Promise<OutputPlan> {
  const { format, output } = options;
  if (output === undefined || output === '-') {
    const chosen = format ?? TERMINAL_FORMAT;
    if (inputs.length > 1 && !CONCATENATED_FORMATS.includes(chosen)) {
      throw conflict(
        `Several results in the format ${chosen} cannot follow one another; give --output FOLDER/ for one file each.`,
      );
    }
    return { format: chosen };
  }
  const kind = inputs.length > 1 || (await isFolder(output)) ? 'folder' : 'file';
  const chosen = format ?? (kind === 'folder' ? 'json' : formatOfFileName(output));
  if (kind === 'folder') {
    refuseSameNames(inputs, (input) => fileNameOf(input, chosen));
    await mkdir(output, { recursive: true }).catch((error: unknown) => {
      throw notWritable(output, error);
    });
  }
  return { format: chosen, target: { kind, path: output } };
}

/** What a recording is called in results: the file name without its ending. */
export function recordingIdOf(input: string): string {
  return input === '-' ? 'stdin' : basename(input, extname(input));
}

/**
 * Starts the file of one result, before the work; undefined where it goes to stdout.
 *
 * @throws OutputError `output_not_writable`
 */
export async function startOutput(plan: OutputPlan, input: string): Promise<PendingFile | undefined> {
  const { target, format } = plan;
  if (target === undefined) return undefined;
  return PendingFile.start(
    target.kind === 'file' ? target.path : join(target.path, fileNameOf(input, format)),
  );
}

/** Renders a result and puts it where the plan says. */
export async function finishOutput(
  result: DiarizationResult,
  plan: OutputPlan,
  file: PendingFile | undefined,
  about: { readonly input: string; readonly isOneOfSeveral: boolean },
  context: CliContext,
): Promise<void> {
  const rendered = await render(result, plan, about, context);
  if (file === undefined) return writeToStdout(context, rendered);
  await file.write(rendered);
  await file.commit();
}

/** Writes to stdout; errors of the stream, a closed pipe for instance, reach the handler of `main.ts`. */
export function writeToStdout(
  { stdout }: Pick<CliContext, 'stdout'>,
  content: string | Uint8Array,
): Promise<void> {
  return new Promise((resolve) => {
    stdout.write(content, () => resolve());
  });
}

async function render(
  result: DiarizationResult,
  { format, target }: OutputPlan,
  { input, isOneOfSeveral }: { readonly input: string; readonly isOneOfSeveral: boolean },
  context: CliContext,
): Promise<string | Uint8Array> {
  const recordingId = recordingIdOf(input);
  if (format === TERMINAL_FORMAT) {
    const text = renderForTerminal(result, {
      title: input === '-' ? 'standard input' : basename(input),
      columns: columnsOf(context) ?? DEFAULT_COLUMNS,
      colour: target === undefined && usesColour(context),
    });
    return isOneOfSeveral ? `${text}\n` : text;
  }
  if (target === undefined && isOneOfSeveral) {
    // One JSON document a line, each with the file that it is about.
    if (format === 'json') return `${JSON.stringify({ file: input, ...result })}\n`;
    if (format === 'text') return `${input}\n${await asText(renderResult(result, format))}\n`;
  }
  return renderResult(result, format, { recordingId, title: recordingId });
}

async function asText(rendered: string | Promise<Uint8Array>): Promise<string> {
  return typeof rendered === 'string' ? rendered : new TextDecoder().decode(await rendered);
}

function fileNameOf(input: string, format: string): string {
  const extension = format === TERMINAL_FORMAT ? 'txt' : formatOf(format).extension;
  return `${recordingIdOf(input)}.${extension}`;
}

/** The format that a file name stands for. */
function formatOfFileName(path: string): string {
  const name = basename(path).toLowerCase();
  // The longest ending wins: `.labels.txt` before `.txt`.
  const [best] = formatNames('turns')
    .filter((format) => name.endsWith(`.${formatOf(format).extension}`))
    .toSorted((a, b) => formatOf(b).extension.length - formatOf(a).extension.length);
  if (best !== undefined) return best;
  throw conflict(
    `The ending of ${basename(path)} names no format; add --format with one of ${TURN_FORMATS.join(', ')}.`,
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
