import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { DEFAULT_PRESET, DIARIZATION_PRESETS, findPreset } from '../../core/diarization/presets.ts';
import type { DiarizationSetup } from '../../core/engine/diarize-task.ts';
import type { Engine } from '../../core/engine/engine.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { PROVIDER_CHOICES, type ProviderChoice } from '../../core/inference/execution-provider.ts';
import type { DiarizationResult } from '../../core/transcript/result.ts';
import { diarizationSetup, openStore, startEngine } from '../composition.ts';
import { MAX_THREADS } from '../config.ts';
import { EXIT_CODES } from '../error-mapping.ts';
import { toSpeechError } from '../to-speech-error.ts';
import type { CliContext } from './context.ts';
import { channelSelection, wholeNumber } from './option-parsers.ts';
import {
  finishOutput,
  type OutputOptions,
  type OutputPlan,
  planOutput,
  recordingIdOf,
  refuseSameNames,
  startOutput,
  TURN_FORMATS,
} from './output.ts';
import { notWritable, PendingFile } from './pending-file.ts';
import {
  createMessenger,
  type InputReference,
  type Messenger,
  PROGRESS_MODES,
  type ProgressMode,
} from './progress.ts';
import { addSpeakerOptions, type SpeakerOptions, speakerOptionsOf } from './speaker-options.ts';
import { STANDARD_INPUT_NAME, standardInput } from './standard-input.ts';

type DiarizeOptions = OutputOptions &
  SpeakerOptions & {
    readonly preset: string;
    readonly provider?: ProviderChoice;
    readonly channel: number | 'mix';
    readonly threads?: number;
    readonly saveObservations?: string;
    readonly progress: ProgressMode;
  };

const EXAMPLES = `Examples:
  colloquy diarize meeting.wav
  colloquy diarize meeting.mp3 --num-speakers 3 --format rttm > meeting.rttm
  colloquy diarize calls/*.flac --output results/
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
      new Option('--format <format>', 'form of the result (default: turns and a timeline)').choices(
        TURN_FORMATS,
      ),
    )
    .option('--output <path>', 'a file, a folder for one file an input, or - for standard output');
  return addSpeakerOptions(command)
    .option('--preset <name>', `models and settings: ${presets}`, DEFAULT_PRESET)
    .addOption(
      new Option('--provider <name>', 'what runs the models (default: auto)').choices(PROVIDER_CHOICES),
    )
    .addOption(
      new Option('--channel <channel>', 'one channel, counted from 0, or the mean of all')
        .argParser(channelSelection('--channel'))
        .default('mix'),
    )
    .addOption(
      new Option('--threads <n>', 'threads that run models (default: all cores)').argParser(
        wholeNumber('--threads', 1, MAX_THREADS),
      ),
    )
    .option('--save-observations <path>', 'keep what the models saw, for colloquy resolve')
    .addOption(
      new Option('--progress <mode>', 'a bar on a terminal, JSON lines on stderr, or nothing')
        .choices(PROGRESS_MODES)
        .default('auto'),
    )
    .action((inputs: string[], options: DiarizeOptions) => diarizeAll(inputs, options, context));
}

/** Everything that is the same for all inputs of a call. */
type Call = {
  readonly engine: Engine;
  readonly setup: DiarizationSetup;
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
  const setup = await findModels(options, messenger, context);
  const engine = await startEngine(context.config, {
    provider: options.provider ?? context.config.provider,
    laneCount: options.threads ?? context.config.threads,
  });
  try {
    await diarizeEach(inputs, { engine, setup, plan, options, messenger, context, isOneOfSeveral });
  } finally {
    messenger.clear();
    await engine.close();
  }
}

function checkOptions(inputs: readonly string[], options: DiarizeOptions): void {
  speakerOptionsOf(options);
  findPreset(options.preset);
  if (inputs.filter((input) => input === '-').length > 1) {
    throw new InvalidInputError('invalid_option', 'Standard input (-) can be read only once; name it once.');
  }
  if (options.saveObservations !== undefined) refuseSameNames(inputs, observationsNameOf);
}

function findModels(
  options: DiarizeOptions,
  messenger: Messenger,
  { config, signal }: CliContext,
): Promise<DiarizationSetup> {
  return diarizationSetup(openStore(config), options.preset, {
    signal,
    onProgress: ({ id, receivedBytes, totalBytes }) => {
      const progress = { stage: 'download', done: receivedBytes, total: totalBytes ?? null };
      messenger.progress({ index: 0, name: id }, progress);
    },
    onWait: (id) => messenger.note(`another process is downloading ${id}, waiting`),
  });
}

/** One after another; a failing input of several does not stop the others. */
async function diarizeEach(inputs: readonly string[], call: Call): Promise<void> {
  let failed = 0;
  for (const [index, input] of inputs.entries()) {
    const reference = { index, name: input === '-' ? STANDARD_INPUT_NAME : basename(input) };
    try {
      await diarizeOne(input, reference, call);
    } catch (error) {
      const isStopped = call.context.signal.aborted;
      if (isStopped || !call.isOneOfSeveral) throw error;
      call.messenger.error(reference, toSpeechError(error));
      failed++;
    }
  }
  if (failed === 0) return;
  call.messenger.note(`${failed} of ${inputs.length} inputs failed`);
  call.context.setExitCode(EXIT_CODES.someFailed);
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
  const { signal, config, stdin } = context;
  const settings = { name: reference.name, channel: options.channel, limits: config.audioLimits };
  const source = input === '-' ? { stream: standardInput(stdin) } : { path: input };
  return engine.run(
    'diarize',
    { ...setup, options: speakerOptionsOf(options), observationsPath, audio: { ...settings, ...source } },
    { signal, onProgress: (progress) => messenger.progress(reference, progress) },
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
  return `${recordingIdOf(input)}.observations`;
}
