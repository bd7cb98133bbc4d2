/** Writes results where the plan says. */
import { basename, join } from 'node:path';
import { isSpeechError, type SpeechError } from '../../../core/errors.ts';
import { renderResult } from '../../../core/formats/index.ts';
import type { RenderOptions } from '../../../core/formats/render-options.ts';
import { type DiarizationResult, isTranscript } from '../../../core/result/result.ts';
import { terminalColumns, usesColour, type CliContext, type ResultStream } from '../context.ts';
import { PendingFile } from '../../work/files/pending-file.ts';
import { resultFileName, nameOfInput, type OutputPlan, TERMINAL_FORMAT } from './output-plan.ts';
import type { Messenger } from './progress.ts';
import { STANDARD_INPUT_NAME } from '../input/standard-input.ts';
import { DEFAULT_COLUMNS, renderForTerminal } from './terminal-timeline.ts';
import { renderTranscriptForTerminal } from './terminal-transcript.ts';

/** The result to write, and what it is about. */
export type OutputSubject = {
  readonly input: string;
  readonly isOneOfSeveral: boolean;
  readonly rendering?: RenderOptions;
  readonly messenger?: Pick<Messenger, 'note'>;
};

/** The files of one result in the making: each complete under its name, or not there at all. */
export class OutputFiles {
  readonly files: readonly { readonly format: string; readonly file: PendingFile }[];

  constructor(files: OutputFiles['files']) {
    this.files = files;
  }

  /** Removes what has not got its name yet. */
  async discard(): Promise<void> {
    for (const { file } of this.files) await file.discard();
  }
}

/**
 * Starts the files of one result, before the work; undefined where it goes to stdout.
 *
 * @param recordingId what files in a folder are called
 * @throws OutputError `output_not_writable`
 */
export async function startOutput(
  plan: OutputPlan,
  input: string,
  recordingId = nameOfInput(input),
): Promise<OutputFiles | undefined> {
  const { target, formats } = plan;
  if (target === undefined) return undefined;
  const files: { format: string; file: PendingFile }[] = [];
  try {
    for (const format of formats) {
      const path =
        target.kind === 'file' ? target.path : join(target.path, resultFileName(recordingId, format));
      files.push({ format, file: await PendingFile.start(path) });
    }
    return new OutputFiles(files);
  } catch (error) {
    await new OutputFiles(files).discard();
    throw error;
  }
}

/** Renders a result and puts it where the plan says. */
export async function finishOutput(
  result: DiarizationResult,
  plan: OutputPlan,
  output: OutputFiles | undefined,
  subject: OutputSubject,
  context: CliContext,
): Promise<void> {
  if (output === undefined) {
    return writeToStdout(context, await render(result, plan.formats[0]!, false, subject, context));
  }
  for (const { format, file } of output.files) {
    try {
      await file.write(await render(result, format, true, subject, context));
      await file.commit();
    } catch (error) {
      if (!plan.isAll || !isLeftOut(error)) throw error;
      subject.messenger?.note(`${format} left out: ${error.message}`);
    }
  }
}

/** True for formats that cannot be made here, or not of this result, where all were asked for and none by name. */
function isLeftOut(error: unknown): error is SpeechError {
  return (
    isSpeechError(error) && (error.code === 'dependency_missing' || error.details.missing === 'wordTimes')
  );
}

/** Writes to stdout; errors of the stream, a closed pipe for instance, reach the handler of `main.ts`. */
export function writeToStdout(
  { stdout }: { readonly stdout: ResultStream },
  content: string | Uint8Array,
): Promise<void> {
  return new Promise((resolve) => {
    stdout.write(content, () => resolve());
  });
}

async function render(
  result: DiarizationResult,
  format: string,
  isFile: boolean,
  { input, isOneOfSeveral, rendering }: OutputSubject,
  context: CliContext,
): Promise<string | Uint8Array> {
  const recordingId = rendering?.recordingId ?? nameOfInput(input);
  const options = { title: recordingId, ...rendering, recordingId };
  if (format === TERMINAL_FORMAT)
    return renderForPeople(result, isFile, { input, isOneOfSeveral }, context, options);
  if (!isFile && isOneOfSeveral) {
    // One JSON document a line, each with the file that it is about.
    if (format === 'json') return `${JSON.stringify({ file: input, ...result })}\n`;
    if (format === 'text') return `${input}\n${await asText(renderResult(result, format, options))}\n`;
  }
  return renderResult(result, format, options);
}

function renderForPeople(
  result: DiarizationResult,
  isFile: boolean,
  { input, isOneOfSeveral }: Pick<OutputSubject, 'input' | 'isOneOfSeveral'>,
  context: CliContext,
  options: RenderOptions,
): string {
  const title = input === '-' ? STANDARD_INPUT_NAME : basename(input);
  const colour = !isFile && usesColour(context);
  if (isTranscript(result)) {
    const text = renderTranscriptForTerminal(result, { ...options, colour });
    return isOneOfSeveral ? `${title}\n\n${text}\n` : text;
  }
  const columns = terminalColumns(context) ?? DEFAULT_COLUMNS;
  const text = renderForTerminal(result, { title, columns, colour });
  return isOneOfSeveral ? `${text}\n` : text;
}

async function asText(rendered: string | Promise<Uint8Array>): Promise<string> {
  return typeof rendered === 'string' ? rendered : new TextDecoder().decode(await rendered);
}
