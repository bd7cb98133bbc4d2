import { Argument, Command, Option } from 'commander';
import { DEFAULT_PRESET, DIARIZATION_PRESETS, findPreset } from '../../../core/diarization/presets.ts';
import { checkPart } from '../../../core/diarization/observe-recording-part.ts';
import type { DiarizeInput } from '../../../core/engine/tasks/diarize-task.ts';
import type { Threshold } from '../../../core/verification/scores/threshold.ts';
import type { RecordingPart } from '../../../core/observation/recording-part.ts';
import { openStore } from '../../setup/composition.ts';
import { diarizeRequest } from '../../work/requests/diarize-request.ts';
import type { CliContext } from '../context.ts';
import { forEachInput, refuseSecondStandardInput } from '../input/each-input.ts';
import { addEngineOptions, type EngineCliOptions, modelCalls } from '../options/engine-options.ts';
import { type RunningCommand, withEngine } from '../input/work-on-inputs.ts';
import { knownVoices } from '../input/known-voices.ts';
import { channelSelection } from '../options/option-parsers.ts';
import { finishOutput, startOutput } from '../output/output.ts';
import {
  type OutputOptions,
  type OutputPlan,
  planOutput,
  refuseSameNames,
  TURN_FORMATS,
} from '../output/output-plan.ts';
import type { PendingFile } from '../../work/files/pending-file.ts';
import { observationsNameOf, startObservations } from '../output/observations-output.ts';
import { addPartOptions, partOf, type PartOptions } from '../options/part-options.ts';
import { createMessenger, type InputReference } from '../output/progress.ts';
import { presetOption } from '../options/preset-option.ts';
import { addSpeakerOptions, type SpeakerOptions, speakerJobOptions } from '../options/speaker-options.ts';
import { thresholdOption } from '../options/voice-options.ts';

type DiarizeCliOptions = OutputOptions &
  SpeakerOptions &
  PartOptions &
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
  colloquy diarize day.wav --observations-only --from 0 --to 3600 --save-observations 1.observations
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
    addPartOptions(addSpeakerOptions(command))
      .addOption(
        presetOption(
          `models and settings: ${presets} (default: that of the known voices, else ${DEFAULT_PRESET})`,
        ),
      )
      .addOption(
        new Option('--channel <channel>', 'one channel, counted from 0, or the mean of all')
          .argParser(channelSelection('--channel'))
          .default('mix'),
      )
      .option('--save-observations <path>', 'keep what the models saw, for colloquy resolve')
      .option('--voices <folder>', 'name speakers whose voice is in this folder (colloquy enroll)')
      .addOption(thresholdOption()),
  ).action((inputs: string[], options: DiarizeCliOptions) => diarizeAll(inputs, options, context));
}

/** Everything that is the same for all inputs. */
type DiarizeRun = {
  readonly request: DiarizeInput;
  readonly plan: OutputPlan;
  readonly saveObservations: string | undefined;
  /** Only this is to be observed, and nothing resolved. */
  readonly part: RecordingPart | undefined;
  readonly isOneOfSeveral: boolean;
};

async function diarizeAll(
  inputs: readonly string[],
  options: DiarizeCliOptions,
  context: CliContext,
): Promise<void> {
  const { preset, threshold, saveObservations } = options;
  // All that can be wrong with the command line is found before anything is started.
  const bounds = speakerJobOptions(options);
  const { format, output, voices: folder } = options;
  const part = partOf(options, { format, output, voices: folder, threshold, ...bounds }, saveObservations);
  if (part !== undefined) checkPart(findPreset(preset ?? DEFAULT_PRESET), part);
  refuseSecondStandardInput(inputs);
  if (saveObservations !== undefined) refuseSameNames(inputs, observationsNameOf);
  if (preset !== undefined) findPreset(preset);
  const plan = await planOutput(inputs, options);
  const messenger = createMessenger(options.progress, context.stderr);
  const prepare = async (): Promise<DiarizeInput> => {
    const voices = options.voices === undefined ? undefined : await knownVoices(options, messenger, context);
    const calls = modelCalls(messenger, context);
    return diarizeRequest(openStore(context.config), { preset, voices, threshold, ...bounds }, calls);
  };
  await withEngine(options, messenger, context, prepare, (command, request) => {
    const run = { request, plan, saveObservations, part, isOneOfSeveral: inputs.length > 1 };
    return forEachInput(inputs, command, (input, reference) =>
      part === undefined
        ? diarizeOne(input, reference, run, command)
        : observeOne(input, reference, { ...run, part }, command),
    );
  });
}

async function diarizeOne(
  input: string,
  reference: InputReference,
  { request, plan, saveObservations, isOneOfSeveral }: DiarizeRun,
  { engine, audioOf, hooksFor, warnOf, context }: RunningCommand,
): Promise<void> {
  // Before the work: a folder that cannot be written is told at once, not after an hour.
  const file = await startOutput(plan, input);
  let observations: PendingFile | undefined;
  try {
    if (saveObservations !== undefined)
      observations = await startObservations(input, saveObservations, isOneOfSeveral);
    const audio = audioOf(input, reference);
    const observationsPath = observations?.path;
    const result = await engine.run('diarize', { ...request, observationsPath, audio }, hooksFor(reference));
    await observations?.commit();
    warnOf(result, reference);
    await finishOutput(result, plan, file, { input, isOneOfSeveral }, context);
  } finally {
    await file?.discard();
    await observations?.discard();
  }
}

/** A part of a recording for `colloquy resolve`. */
async function observeOne(
  input: string,
  reference: InputReference,
  { request, part, saveObservations, isOneOfSeveral }: DiarizeRun & { readonly part: RecordingPart },
  { engine, audioOf, hooksFor, warnOf }: RunningCommand,
): Promise<void> {
  const { preset, files } = request;
  const observations = await startObservations(input, saveObservations!, isOneOfSeveral);
  try {
    const work = { preset, files, part, observationsPath: observations.path };
    const result = await engine.run(
      'observe',
      { ...work, audio: audioOf(input, reference) },
      hooksFor(reference),
    );
    await observations.commit();
    warnOf(result, reference);
  } finally {
    await observations.discard();
  }
}
