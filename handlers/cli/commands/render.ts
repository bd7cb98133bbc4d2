import { extname } from 'node:path';
import { Command } from 'commander';
import { InvalidInputError } from '../../../core/errors.ts';
import { OUTPUT_FORMATS } from '../../../core/formats/index.ts';
import { READABLE_EXTENSIONS, readResults, type ReadResults } from '../../../core/formats/readers.ts';
import { isTranscript, type DiarizationResult, type TranscriptResult } from '../../../core/result/result.ts';
import type { CliContext } from '../context.ts';
import { finishOutput, startOutput } from '../output/output.ts';
import {
  type OutputOptions,
  planOutput,
  nameOfInput,
  refuseBinaryOnTerminal,
} from '../output/output-plan.ts';
import { createMessenger } from '../output/progress.ts';
import { withEdits } from '../input/read-edits.ts';
import {
  addRenderOptions,
  renderOptionsOf,
  withSpeakerNames,
  type RenderCliOptions,
} from '../options/render-options.ts';
import { standardInput } from '../input/standard-input.ts';
import { decodeText } from '../../work/files/decode-text.ts';
import { parseInputFile } from '../../work/files/read-input-file.ts';

type RenderCommandOptions = OutputOptions &
  RenderCliOptions & { readonly recording?: string; readonly edits?: string };

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
      '-f, --format <formats>',
      'one or several with commas, or all; default: what the ending of --output says, else text',
    )
    .option(
      '-o, --output <path>',
      'a file, or a folder where there are several formats; default: standard output',
    )
    .option('--recording <name>', 'which one, where the input holds several')
    .option('--edits <file>', 'changes that were made in the page of colloquy serve, as it saves them');
  return addRenderOptions(command).action((input: string, options: RenderCommandOptions) =>
    render(input, options, context),
  );
}

async function render(input: string, options: RenderCommandOptions, context: CliContext): Promise<void> {
  const read = await readInput(input, context);
  const [name, unnamed] = chooseRecording(read, options.recording);
  const edited = await withEdits(unnamed, options.edits, createMessenger('none', context.stderr));
  const result = await withSpeakerNames(edited, options.speakers);
  const plan = await planOutput([input], options, isTranscript(result) ? 'words' : 'turns');
  refuseBinaryOnTerminal(plan, context);
  const recordingId = name || nameOfInput(input);
  const files = await startOutput(plan, input, recordingId);
  try {
    const rendering = renderOptionsOf(options, recordingId);
    const messenger = createMessenger('none', context.stderr);
    await finishOutput(result, plan, files, { input, isOneOfSeveral: false, rendering, messenger }, context);
  } finally {
    await files?.discard();
  }
}

async function readInput(input: string, { stdin }: CliContext): Promise<ReadResults> {
  if (input === '-') {
    const chunks: Uint8Array[] = [];
    for await (const chunk of standardInput(stdin)) chunks.push(chunk);
    return readResults(decodeText(Buffer.concat(chunks)), 'json');
  }
  return parseInputFile(input, (text) => readResults(text, extname(input).slice(1)));
}

function chooseRecording(
  results: ReadResults,
  wanted: string | undefined,
): [string, DiarizationResult | TranscriptResult] {
  const names = [...results.keys()];
  const name = wanted ?? (names.length === 1 ? names[0]! : undefined);
  const result = name === undefined ? undefined : results.get(name);
  if (name !== undefined && result !== undefined) return [name, result];
  const listed = names.slice(0, 10).join(', ');
  throw new InvalidInputError(
    'invalid_option',
    `Expected --recording with one of ${listed}${names.length > 10 ? ' …' : ''}, got ${wanted ?? 'none'}.`,
  );
}
