import { Argument, Command } from 'commander';
import { findPreset } from '../../../core/diarization/presets.ts';
import type { TranscribeInput } from '../../../core/engine/tasks/transcribe-task.ts';
import { wordTimesMissing } from '../../../core/formats/annotations/ctm.ts';
import { OUTPUT_FORMATS } from '../../../core/formats/index.ts';
import { renameKnownSpeakers } from '../../../core/transcript/rename-speakers.ts';
import { openStore } from '../../setup/composition.ts';
import { transcribeRequest } from '../../work/requests/transcribe-request.ts';
import type { CliContext } from '../context.ts';
import { forEachInput, refuseSecondStandardInput } from '../input/each-input.ts';
import { type RunningCommand, withEngine } from '../input/work-on-inputs.ts';
import { modelCalls } from '../options/engine-options.ts';
import { transcribeJobOptions } from '../options/job-options.ts';
import { finishOutput, startOutput } from '../output/output.ts';
import { type OutputPlan, planOutput, nameOfInput, refuseBinaryOnTerminal } from '../output/output-plan.ts';
import { createMessenger, type InputReference } from '../output/progress.ts';
import { namesOf, renderOptionsOf } from '../options/render-options.ts';
import {
  addTranscribeOptions,
  type TranscribeCliOptions,
  wantsSpeakers,
} from '../options/transcribe-options.ts';
import { checkStream, createUtteranceStream, type UtteranceStream } from '../output/utterance-stream.ts';

const EXAMPLES = `Examples:
  colloquy transcribe meeting.m4a
  colloquy transcribe meeting.m4a --format srt > meeting.srt
  colloquy transcribe interviews/*.mp3 --format json,docx,vtt --output transcripts/
  colloquy transcribe call.wav --channels split --speakers "SPEAKER_00=Agent,SPEAKER_01=Caller"
  colloquy transcribe lecture.mp4 --stream
`;

/** `colloquy transcribe`: who said what. */
export function transcribeCommand(context: CliContext): Command {
  const formats = Object.entries(OUTPUT_FORMATS).map(
    ([name, { description }]) => `  ${name.padEnd(22)}${description}`,
  );
  const command = new Command('transcribe')
    .description('Write down who said what in recordings')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', `\nFormats:\n${formats.join('\n')}`)
    .addArgument(new Argument('<input...>', 'audio or video files; - is standard input'));
  return addTranscribeOptions(command).action((inputs: string[], options: TranscribeCliOptions) =>
    transcribeAll(inputs, options, context),
  );
}

/** Everything that is the same for all inputs. */
type TranscribeRun = {
  readonly request: TranscribeInput;
  readonly names: ReadonlyMap<string, string>;
  readonly print: UtteranceStream | undefined;
  readonly plan: OutputPlan;
  readonly options: TranscribeCliOptions;
  readonly isOneOfSeveral: boolean;
};

async function transcribeAll(
  inputs: readonly string[],
  options: TranscribeCliOptions,
  context: CliContext,
): Promise<void> {
  // All that can be wrong with the command line is found before anything is started.
  refuseSecondStandardInput(inputs);
  checkStream(options);
  const wanted = transcribeJobOptions(options, wantsSpeakers(options));
  findPreset(options.preset);
  const names = (await namesOf(options.speakers)) ?? new Map<string, string>();
  const plan = await planOutput(inputs, options, 'words');
  refuseBinaryOnTerminal(plan, context);
  if (!plan.isAll && plan.formats.includes('ctm') && wanted.wordTimestamps === false)
    throw wordTimesMissing();
  const messenger = createMessenger(options.progress, context.stderr);
  const print = options.stream ? createUtteranceStream(options, names, messenger, context) : undefined;
  const prepare = () =>
    transcribeRequest(
      openStore(context.config),
      { ...wanted, ...modelOf(options), compatible: options.compatible },
      modelCalls(messenger, context),
    );
  await withEngine(options, messenger, context, prepare, (command, request) => {
    const run = { request, names, print, plan, options, isOneOfSeveral: inputs.length > 1 };
    return forEachInput(inputs, command, (input, reference) => transcribeOne(input, reference, run, command));
  });
}

/** A name, or a folder: what has a separator in it, or is one. */
function modelOf({ model }: TranscribeCliOptions): { model?: string | undefined; modelFolder?: string } {
  if (model === undefined) return {};
  const isFolder = /[\\/]/.test(model) || model === '.' || model === '..';
  return isFolder ? { model: undefined, modelFolder: model } : { model };
}

async function transcribeOne(
  input: string,
  reference: InputReference,
  { request, names, print, plan, options, isOneOfSeveral }: TranscribeRun,
  { engine, audioOf, hooksFor, warnOf, context, messenger }: RunningCommand,
): Promise<void> {
  // Before the work: a folder that cannot be written is told at once, not after an hour.
  const files = await startOutput(plan, input);
  try {
    const found = await engine.run(
      'transcribe',
      { ...request, audio: audioOf(input, reference) },
      { ...hooksFor(reference), onEvent: (event) => print?.(event, reference) },
    );
    const result = renameKnownSpeakers(found, names);
    warnOf(result, reference);
    if (print !== undefined && files === undefined) return;
    const rendering = renderOptionsOf(options, nameOfInput(input));
    await finishOutput(result, plan, files, { input, isOneOfSeveral, rendering, messenger }, context);
  } finally {
    await files?.discard();
  }
}
