import { mkdir, readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { Command } from 'commander';
import { InputUnavailableError, InvalidInputError, isSpeechError } from '../../core/errors.ts';
import { formatNames, formatOf, OUTPUT_FORMATS, renderResult } from '../../core/formats/index.ts';
import { READABLE_EXTENSIONS, readResults, type ReadResults } from '../../core/formats/readers.ts';
import { isTranscript, type DiarizationResult, type TranscriptResult } from '../../core/transcript/result.ts';
import type { CliContext } from './context.ts';
import { writeToStdout } from './output.ts';
import { notWritable, PendingFile } from './pending-file.ts';
import {
  addRenderOptions,
  renderOptionsOf,
  withSpeakerNames,
  type RenderCliOptions,
} from './render-options.ts';
import { standardInput } from './standard-input.ts';

type RenderCommandOptions = RenderCliOptions & {
  readonly format?: string;
  readonly output?: string;
  readonly recording?: string;
};

const EXAMPLES = `Examples:
  colloquy render meeting.json --format srt > meeting.srt
  colloquy render meeting.json --output meeting.html --speakers "SPEAKER_00=Ana,SPEAKER_01=Ben"
  colloquy render meeting.json --format all --output meeting/
  colloquy render meeting.rttm --format svg > meeting.svg

`;

/** `colloquy render`: writes a result in another format, without any model. */
export function renderCommand(context: CliContext): Command {
  const formats = Object.entries(OUTPUT_FORMATS).map(
    ([name, { description }]) => `  ${name.padEnd(22)}${description}`,
  );
  const command = new Command('render')
    .description('Write a result in another format, without any model')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', `\nFormats:\n${formats.join('\n')}`)
    .argument('<input>', `a result: ${READABLE_EXTENSIONS.join(', ')}; - is JSON from standard input`)
    .option(
      '--format <formats>',
      'one or several with commas, or all; default: what the ending of --output says',
    )
    .option(
      '--output <path>',
      'a file, or a folder where there are several formats; default: standard output',
    )
    .option('--recording <name>', 'which one, where the input holds several');
  return addRenderOptions(command).action((input: string, options: RenderCommandOptions) =>
    render(input, options, context),
  );
}

async function render(input: string, options: RenderCommandOptions, context: CliContext): Promise<void> {
  const read = await readInput(input, context);
  const [name, unnamed] = chooseRecording(read, options.recording);
  const result = await withSpeakerNames(unnamed, options.speakers);
  const formats = formatsOf(options, result);
  const recordingId = name || (input === '-' ? 'stdin' : basename(input, extname(input)));
  const rendered = (format: string) =>
    Promise.resolve(renderResult(result, format, renderOptionsOf(options, recordingId)));
  const { output } = options;
  if (formats.length === 1 && (output === undefined || output === '-')) {
    refuseBinaryOnTerminal(formats[0]!, context);
    await writeToStdout(context, await rendered(formats[0]!));
    return;
  }
  if (output === undefined || output === '-') {
    throw new InvalidInputError(
      'invalid_option',
      'Several formats need --output FOLDER, a file for each of them.',
    );
  }
  if (formats.length === 1 && !/[/\\]$/.test(output)) {
    await writeFile(output, await rendered(formats[0]!));
    return;
  }
  await mkdir(output, { recursive: true }).catch((error: unknown) => {
    throw notWritable(output, error);
  });
  for (const format of formats) {
    const fileName = `${recordingId.replace(/[/\\]/g, '_')}.${formatOf(format).extension}`;
    await writeFile(join(output, fileName), await rendered(format));
  }
}

async function readInput(input: string, { stdin }: CliContext): Promise<ReadResults> {
  if (input === '-') {
    const chunks: Uint8Array[] = [];
    for await (const chunk of standardInput(stdin)) chunks.push(chunk);
    return readResults(Buffer.concat(chunks).toString('utf8'), 'json');
  }
  let text: string;
  try {
    text = await readFile(input, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const code = missing ? 'file_not_found' : 'file_not_readable';
    throw new InputUnavailableError(code, `${input} ${missing ? 'is missing' : 'cannot be read'}.`, {
      cause,
    });
  }
  try {
    return readResults(text, extname(input).slice(1));
  } catch (error) {
    if (!isSpeechError(error)) throw error;
    throw new InvalidInputError(error.code, `${input}: ${error.message}`, {
      details: error.details,
      cause: error,
    });
  }
}

function chooseRecording(
  results: ReadResults,
  wanted: string | undefined,
): [string, DiarizationResult | TranscriptResult] {
  const names = [...results.keys()];
  if (names.length === 0)
    throw new InvalidInputError('invalid_file', 'Expected a recording in the input, got none.');
  const name = wanted ?? (names.length === 1 ? names[0]! : undefined);
  const result = name === undefined ? undefined : results.get(name);
  if (name !== undefined && result !== undefined) return [name, result];
  const listed = names.slice(0, 10).join(', ');
  throw new InvalidInputError(
    'invalid_option',
    `Expected --recording with one of ${listed}${names.length > 10 ? ' …' : ''}, got ${wanted ?? 'none'}.`,
  );
}

function formatsOf(
  { format, output }: RenderCommandOptions,
  result: DiarizationResult | TranscriptResult,
): string[] {
  const input = isTranscript(result) ? 'words' : 'turns';
  if (format === 'all') return formatNames(input);
  if (format !== undefined) {
    const names = [...new Set(format.split(',').map((name) => name.trim()))];
    for (const name of names) formatOf(name);
    return names;
  }
  return [formatOfFile(output ?? '-')];
}

/** The format with the longest ending that the name has. */
function formatOfFile(output: string): string {
  const name = basename(output).toLowerCase();
  const [best] = formatNames('words')
    .filter((format) => name.endsWith(`.${formatOf(format).extension.toLowerCase()}`))
    .toSorted((a, b) => formatOf(b).extension.length - formatOf(a).extension.length);
  if (best !== undefined) return best;
  throw new InvalidInputError(
    'invalid_option',
    `Expected --format with one of ${formatNames('words').join(', ')}, or an --output whose ending names one.`,
  );
}

function refuseBinaryOnTerminal(format: string, { stdout }: CliContext): void {
  if (format !== 'docx' || !stdout.isTTY) return;
  throw new InvalidInputError(
    'invalid_option',
    'A Word document is no text for a terminal; give --output FILE.docx.',
  );
}

async function writeFile(path: string, content: string | Uint8Array): Promise<void> {
  const file = await PendingFile.start(path);
  try {
    await file.write(content);
    await file.commit();
  } finally {
    await file.discard();
  }
}
