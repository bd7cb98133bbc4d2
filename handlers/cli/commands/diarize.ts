import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { DEFAULT_PRESET, DIARIZATION_PRESETS, findPreset } from '../../../core/diarization/presets.ts';
import type { DiarizationSetup, SpeakerNaming } from '../../../core/engine/diarize-task.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import type { DiarizationResult } from '../../../core/result/result.ts';
import type { Threshold } from '../../../core/verification/scores/threshold.ts';
import { speechSecondsOf } from '../../../core/verification/voices/voice.ts';
import { diarizationSetup, openStore } from '../../setup/composition.ts';
import { presetOfVoices } from '../../work/speakers/encoder-of-voices.ts';
import { type JobVoice, speakerNaming } from '../../work/speakers/speaker-naming.ts';
import type { CliContext } from '../context.ts';
import { forEachInput, refuseSecondStandardInput } from '../input/each-input.ts';
import {
  addEngineOptions,
  audioOf,
  type EngineCliOptions,
  modelCalls,
  startEngineFor,
} from '../options/engine-options.ts';
import { voiceFolder } from '../input/known-voices.ts';
import { channelSelection } from '../options/option-parsers.ts';
import {
  finishOutput,
  type OutputOptions,
  type OutputPlan,
  planOutput,
  nameOfInput,
  refuseSameNames,
  startOutput,
  TURN_FORMATS,
} from '../output/output.ts';
import { notWritable, PendingFile } from '../../work/files/pending-file.ts';
import { createMessenger, type InputReference, type Messenger } from '../output/progress.ts';
import { addSpeakerOptions, type SpeakerOptions, speakerOptionsOf } from '../options/speaker-options.ts';
import { thresholdOption } from '../options/voice-options.ts';

type DiarizeOptions = OutputOptions &
  SpeakerOptions &
  EngineCliOptions & {
    readonly preset?: string;
    readonly channel: number | 'mix';
    readonly saveObservations?: string;
    readonly voices?: string;
    readonly threshold?: Threshold;
  };

const EXAMPLES = `Examples:
  colloquy diarize meeting.wav
  colloquy diarize meeting.mp3 --num-speakers 3 --format rttm > meeting.rttm
  colloquy diarize calls/*.flac --output results/
  colloquy diarize meeting.wav --voices voices/
  ffmpeg -i film.mkv -f wav - | colloquy diarize - --format json
`;

/** `colloquy diarize`: who spoke when. */
export function diarizeCommand(context: CliContext): Command {
  const presets = Object.keys(DIARIZATION_PRESETS).join(', ');
  const command = new Command('diarize')
    .description('Say who spoke when in recordings')
    .addHelpText('before', EXAMPLES)
    .addArgument(new Argument('<input...>', 'audio or video files; - is standard input'))
    .addOption(
      new Option('-f, --format <format>', 'form of the result (default: turns and a timeline)').choices(
        TURN_FORMATS,
      ),
    )
    .option('-o, --output <path>', 'a file, a folder for one file an input, or - for standard output');
  return addEngineOptions(
    addSpeakerOptions(command)
      .option(
        '--preset <name>',
        `models and settings: ${presets} (default: that of the known voices, else ${DEFAULT_PRESET})`,
      )
      .addOption(
        new Option('--channel <channel>', 'one channel, counted from 0, or the mean of all')
          .argParser(channelSelection('--channel'))
          .default('mix'),
      )
      .option('--save-observations <path>', 'keep what the models saw, for colloquy resolve')
      .option('--voices <folder>', 'name speakers whose voice is in this folder (colloquy enroll)')
      .addOption(thresholdOption()),
  ).action((inputs: string[], options: DiarizeOptions) => diarizeAll(inputs, options, context));
}

/** Everything that is the same for all inputs of a call. */
type Call = {
  readonly engine: Engine;
  readonly setup: DiarizationSetup & { readonly naming?: SpeakerNaming | undefined };
  readonly plan: OutputPlan;
  readonly options: DiarizeOptions;
  readonly messenger: Messenger;
  readonly context: CliContext;
  readonly isOneOfSeveral: boolean;
};

async function diarizeAll(
  inputs: readonly string[],
  options: DiarizeOptions,
  context: CliContext,
): Promise<void> {
  // All that can be wrong with the command line is found before anything is started.
  checkOptions(inputs, options);
  const plan = await planOutput(inputs, options);
  const messenger = createMessenger(options.progress, context.stderr);
  const isOneOfSeveral = inputs.length > 1;
  const store = openStore(context.config);
  const voices = await knownVoices(options, messenger, context);
  const preset = presetOfVoices(voices ?? [], options.preset);
  // The voices are checked before models are fetched.
  const naming = await speakerNaming(store, preset, { voices, threshold: options.threshold });
  const setup = { ...(await diarizationSetup(store, preset, modelCalls(messenger, context))), naming };
  const engine = await startEngineFor(options, context);
  const call: Call = { engine, setup, plan, options, messenger, context, isOneOfSeveral };
  try {
    await forEachInput(inputs, call, (input, reference) => diarizeOne(input, reference, call));
  } finally {
    messenger.clear();
    await engine.close();
  }
}

function checkOptions(inputs: readonly string[], options: DiarizeOptions): void {
  speakerOptionsOf(options);
  if (options.preset !== undefined) findPreset(options.preset);
  refuseSecondStandardInput(inputs);
  if (options.saveObservations !== undefined) refuseSameNames(inputs, observationsNameOf);
}

/** The voices of `--voices`. */
async function knownVoices(
  { voices }: DiarizeOptions,
  messenger: Messenger,
  context: CliContext,
): Promise<JobVoice[] | undefined> {
  if (voices === undefined) return undefined;
  const known = await voiceFolder({ voices }, context, messenger).list();
  return known.map(({ name, space, vector, samples }) => ({
    name,
    space,
    embedding: vector,
    speechSeconds: speechSecondsOf(samples),
  }));
}

async function diarizeOne(input: string, reference: InputReference, call: Call): Promise<void> {
  const { plan, options, messenger, context, isOneOfSeveral } = call;
  // Before the work: a folder that cannot be written is told at once, not after an hour.
  const file = await startOutput(plan, input);
  let observations: PendingFile | undefined;
  try {
    observations = await startObservations(input, options.saveObservations, isOneOfSeveral);
    const result = await runEngine(input, reference, observations?.path, call);
    await observations?.commit();
    messenger.clear();
    for (const warning of result.warnings) messenger.warning(reference, warning);
    await finishOutput(result, plan, file, { input, isOneOfSeveral }, context);
  } finally {
    await file?.discard();
    await observations?.discard();
  }
}

function runEngine(
  input: string,
  reference: InputReference,
  observationsPath: string | undefined,
  { engine, setup, options, messenger, context }: Call,
): Promise<DiarizationResult> {
  const audio = audioOf(input, reference, context, options);
  return engine.run(
    'diarize',
    { ...setup, options: speakerOptionsOf(options), observationsPath, audio },
    { signal: context.signal, onProgress: (progress) => messenger.progress(reference, progress) },
  );
}

async function startObservations(
  input: string,
  path: string | undefined,
  isOneOfSeveral: boolean,
): Promise<PendingFile | undefined> {
  if (path === undefined) return undefined;
  if (!isOneOfSeveral) return PendingFile.start(path);
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw notWritable(path, error);
  });
  return PendingFile.start(join(path, observationsNameOf(input)));
}

function observationsNameOf(input: string): string {
  return `${nameOfInput(input)}.observations`;
}
