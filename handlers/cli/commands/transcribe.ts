import { Argument, Command } from 'commander';
import type { Engine } from '../../../core/engine/engine.ts';
import type { TranscriptionSetup } from '../../../core/engine/transcribe-task.ts';
import { wordTimesMissing } from '../../../core/formats/annotations/ctm.ts';
import { OUTPUT_FORMATS } from '../../../core/formats/index.ts';
import { renameKnownSpeakers } from '../../../core/transcript/rename-speakers.ts';
import type { TranscriptResult } from '../../../core/result/result.ts';
import type { TranscriptionOptions } from '../../../core/transcription/transcribe.ts';
import { openStore, transcriptionSetup } from '../../setup/composition.ts';
import type { CliContext } from '../context.ts';
import { forEachInput, refuseSecondStandardInput } from '../input/each-input.ts';
import { audioOf, modelCalls, startEngineFor } from '../options/engine-options.ts';
import {
  finishOutput,
  type OutputPlan,
  planOutput,
  nameOfInput,
  refuseBinaryOnTerminal,
  startOutput,
} from '../output/output.ts';
import { createMessenger, type InputReference, type Messenger } from '../output/progress.ts';
import { namesOf, renderOptionsOf } from '../options/render-options.ts';
import {
  addTranscribeOptions,
  type TranscribeCliOptions,
  transcribeOptionsOf,
} from '../options/transcribe-options.ts';
import { checkStream, createUtteranceStream } from '../output/utterance-stream.ts';

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

/** Everything that is the same for all inputs of a call. */
type Call = {
  readonly engine: Engine;
  readonly setup: TranscriptionSetup;
  readonly plan: OutputPlan;
  readonly options: TranscribeCliOptions;
  readonly wanted: TranscriptionOptions;
  readonly names: ReadonlyMap<string, string>;
  readonly messenger: Messenger;
  readonly context: CliContext;
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
  const wanted = transcribeOptionsOf(options);
  const names = (await namesOf(options.speakers)) ?? new Map<string, string>();
  const plan = await planOutput(inputs, options, 'words');
  refuseBinaryOnTerminal(plan, context);
  if (!plan.isAll && plan.formats.includes('ctm') && !wanted.wordTimes) throw wordTimesMissing();
  const messenger = createMessenger(options.progress, context.stderr);
  const preset = wanted.diarize ? options.preset : undefined;
  const setup = await transcriptionSetup(
    openStore(context.config),
    { ...wanted, ...modelOf(options), align: options.align, preset },
    modelCalls(messenger, context),
  );
  const engine = await startEngineFor(options, context);
  const isOneOfSeveral = inputs.length > 1;
  const call: Call = { engine, setup, plan, options, wanted, names, messenger, context, isOneOfSeveral };
  try {
    await forEachInput(inputs, call, (input, reference) => transcribeOne(input, reference, call));
  } finally {
    messenger.clear();
    await engine.close();
  }
}

/** A name, or a folder: what has a separator in it, or is one. */
function modelOf({ model }: TranscribeCliOptions): { model?: string; modelFolder?: string } {
  if (model === undefined) return {};
  const isFolder = /[\\/]/.test(model) || model === '.' || model === '..';
  return isFolder ? { modelFolder: model } : { model };
}

async function transcribeOne(input: string, reference: InputReference, call: Call): Promise<void> {
  const { plan, options, names, messenger, context, isOneOfSeveral } = call;
  // Before the work: a folder that cannot be written is told at once, not after an hour.
  const files = await startOutput(plan, input);
  try {
    const result = renameKnownSpeakers(await runEngine(input, reference, call), names);
    messenger.clear();
    for (const warning of result.warnings) messenger.warning(reference, warning);
    if (options.stream && files === undefined) return;
    const rendering = renderOptionsOf(options, nameOfInput(input));
    await finishOutput(result, plan, files, { input, isOneOfSeveral, rendering, messenger }, context);
  } finally {
    await files?.discard();
  }
}

function runEngine(input: string, reference: InputReference, call: Call): Promise<TranscriptResult> {
  const { engine, setup, options, wanted, names, messenger, context } = call;
  const print = options.stream ? createUtteranceStream(options, names, messenger, context) : undefined;
  return engine.run(
    'transcribe',
    {
      ...setup,
      options: wanted,
      channels: options.channels,
      audio: audioOf(input, reference, context, { audioTrack: options.audioTrack }),
    },
    {
      signal: context.signal,
      onProgress: (progress) => messenger.progress(reference, progress),
      onEvent: (event) => print?.(event, reference),
    },
  );
}
