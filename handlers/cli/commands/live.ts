import { Command, Option } from 'commander';
import type { LiveEvent } from '../../../core/result/live/live-events.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { formatNames, formatOf, renderResult } from '../../../core/formats/index.ts';
import {
  LIVE_ENCODINGS,
  LIVE_TASK_NAMES,
  liveStartSchema,
  type LiveStartParsed,
} from '../../../sdk/live/client-message.ts';
import { openStore } from '../../setup/composition.ts';
import { KeptSound } from '../../work/live/kept-sound.ts';
import { liveSetup } from '../../work/live/live-setup.ts';
import { MOST_KEPT_SAMPLES, runLive } from '../../work/live/run-live.ts';
import type { JobVoice } from '../../work/speakers/speaker-naming.ts';
import { terminalColumns, type CliContext } from '../context.ts';
import { knownVoices } from '../input/known-voices.ts';
import {
  addDiartOptions,
  type DiartCliOptions,
  diartOptionsOf,
  refuseBesideDiart,
} from '../live/diart-options.ts';
import { LiveScreen } from '../live/live-screen.ts';
import { openLiveSource } from '../live/live-source.ts';
import { listenRemotely } from '../live/remote-live.ts';
import { addEngineOptions, type EngineCliOptions, startEngineFor } from '../options/engine-options.ts';
import { invalidOption, seconds, wholeNumber } from '../options/option-parsers.ts';
import { writeToStdout } from '../output/output.ts';
import { nameOfInput } from '../output/output-plan.ts';
import { createMessenger } from '../output/progress.ts';

type LiveCommandOptions = EngineCliOptions &
  DiartCliOptions & {
    readonly unpaced?: true;
    /** Those of the engine where none are named. */
    readonly tasks?: LiveStartParsed['tasks'];
    readonly latency?: number;
    readonly interim: boolean;
    readonly language?: string;
    readonly preset?: string;
    readonly model?: string;
    readonly format: string;
    readonly raw?: Exclude<LiveStartParsed['audio']['encoding'], 'container'>;
    readonly rate: number;
    readonly rawChannels: number;
    readonly voices?: string;
    readonly remote?: string;
  };

const LINES = 'text';
const EVENTS = 'ndjson';
const WAITING_SAMPLES = 16_000;

const EXAMPLES = `Examples:
  colloquy live microphone
  colloquy live meeting.wav --latency 2
  colloquy live - --raw s16le --rate 48000 --format ndjson < pipe
  colloquy live microphone --remote http://localhost:8000
`;

/** `colloquy live`: who says what, while they say it. */
export function liveCommand(context: CliContext): Command {
  const command = new Command('live')
    .description('Write down who says what while they say it')
    .addHelpText('before', EXAMPLES)
    .argument('<source>', 'a file, - for standard input, microphone or microphone:ID')
    .option('--unpaced', 'read a file as fast as it can be worked on, not at the pace of its sound')
    .addOption(
      new Option(
        '--tasks <names>',
        'what to do, with commas (default: diarize,transcribe): ' + LIVE_TASK_NAMES.join(', '),
      ).argParser(parseTasks),
    )
    .addOption(
      new Option('--latency <seconds>', 'age at which a turn is first told (default: 1)').argParser(
        seconds('--latency'),
      ),
    )
    .option('--no-interim', 'no words before their text is final')
    .option('--language <code>', 'what is spoken, as en; found out unless given')
    .option('--voices <folder>', 'name voices of this folder as they are recognised (colloquy enroll)')
    .option('--preset <name>', 'what tells speakers apart')
    .option('--model <id>', 'what writes down')
    .addOption(
      new Option('--format <name>', 'text as it comes, ndjson: every event, or the result at the end')
        .choices([LINES, EVENTS, ...formatNames('words').filter((name) => name !== LINES)])
        .default(LINES),
    )
    .addOption(
      new Option('--raw <encoding>', 'the file or standard input is samples without a header').choices(
        LIVE_ENCODINGS.filter((name) => name !== 'container'),
      ),
    )
    .option('--rate <hz>', 'of raw samples', wholeNumber('--rate', 1000, 768_000), 16_000)
    .option('--raw-channels <n>', 'of raw samples, interleaved', wholeNumber('--raw-channels', 1, 64), 1)
    .option('--remote <url>', 'a Colloquy server does the work: http://host:port (key: COLLOQUY_API_KEY)');
  addDiartOptions(command);
  return addEngineOptions(command).action((source: string, options: LiveCommandOptions) => {
    const tasks = options.tasks ?? (options.engine === 'diart' ? ['diarize'] : ['diarize', 'transcribe']);
    return live(source, { ...options, tasks }, context);
  });
}

type LiveRunOptions = LiveCommandOptions & { readonly tasks: LiveStartParsed['tasks'] };

async function live(source: string, options: LiveRunOptions, context: CliContext): Promise<void> {
  const { stdout } = context;
  const columns = stdout.isTTY ? terminalColumns(context) : undefined;
  const write = (text: string): void => void stdout.write(text);
  refuseBesideDiart(options, options);
  refuseWordsWithoutText(options);
  const screen = new LiveScreen({ write, columns, writesWords: options.tasks.includes('transcribe') });
  const isLines = options.format === LINES;
  const onEvent = (event: LiveEvent): void => {
    if (options.format === EVENTS) write(`${JSON.stringify(event)}\n`);
    else if (isLines) screen.show(event);
    if (event.type === 'result') end.result = event.result;
  };
  const end: { result: Extract<LiveEvent, { type: 'result' }>['result'] } = { result: null };
  const blocks = openLiveSource(source, { unpaced: options.unpaced, raw: rawOf(options) }, context);
  const voices = await voicesOf(options, context);
  const start = startOf(options, voices);
  if (options.remote === undefined) await listenHere(blocks, start, options, context, onEvent);
  else await listenRemotely(blocks, start, options.remote, context, onEvent);
  if (isLines || options.format === EVENTS) return;
  if (end.result === null) return;
  const recordingId = nameOfInput(source);
  await writeToStdout(
    context,
    await renderResult(end.result, options.format, { title: recordingId, recordingId }),
  );
}

async function listenHere(
  blocks: AsyncIterable<Float32Array>,
  start: LiveStartParsed,
  options: LiveCommandOptions,
  context: CliContext,
  onEvent: (event: LiveEvent) => void,
): Promise<void> {
  const { signal } = context;
  const diart = diartOptionsOf(options, options.latency);
  const setup = await liveSetup(openStore(context.config), start, { sheds: options.unpaced !== true });
  const input = { ...setup, diart };
  const engine = await startEngineFor(options, context);
  try {
    const sound = new KeptSound(MOST_KEPT_SAMPLES);
    const failed = new AbortController();
    const listening = runLive(engine, input, sound, {
      signal: AbortSignal.any([signal, failed.signal]),
      onEvent,
    });
    listening.catch(() => sound.end());
    try {
      for await (const block of blocks) {
        sound.push(block.slice());
        await sound.room(WAITING_SAMPLES);
      }
    } catch (error) {
      failed.abort(error);
      await listening.catch(() => undefined);
      throw error;
    }
    sound.end();
    await listening;
  } finally {
    await engine.close();
  }
}

async function voicesOf({ voices }: LiveCommandOptions, context: CliContext): Promise<JobVoice[]> {
  if (voices === undefined) return [];
  return knownVoices({ voices }, createMessenger('none', context.stderr), context);
}

function startOf(options: LiveRunOptions, voices: readonly JobVoice[]): LiveStartParsed {
  const { tasks, latency, interim, language, preset, model } = options;
  const parsed = liveStartSchema.safeParse({
    type: 'start',
    tasks,
    interim,
    ...(latency === undefined ? {} : { latencySeconds: latency }),
    ...(language === undefined ? {} : { language }),
    ...(voices.length === 0 ? {} : { voices: voices.map(asNumbers) }),
    ...(preset === undefined ? {} : { preset }),
    ...(model === undefined ? {} : { model }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const option = issue?.path[0] === 'latencySeconds' ? '--latency' : String(issue?.path[0] ?? 'options');
  throw new InvalidInputError('invalid_option', `${option} is not valid: ${issue?.message ?? ''}.`, {
    details: { option },
  });
}

function rawOf({ raw, rate, rawChannels }: LiveCommandOptions): LiveStartParsed['audio'] | undefined {
  return raw === undefined ? undefined : { encoding: raw, sampleRate: rate, channels: rawChannels };
}

/** Said before anybody speaks, not when they have finished. */
function refuseWordsWithoutText({ format, tasks }: LiveRunOptions): void {
  if (format === EVENTS || formatOf(format).takes !== 'words' || tasks.includes('transcribe')) return;
  if (format === LINES) return;
  throw new InvalidInputError('invalid_option', `${format} is made of words; add transcribe to --tasks.`, {
    details: { option: '--format' },
  });
}

/** As a message carries it. */
function asNumbers(voice: JobVoice) {
  return { ...voice, embedding: Array.from(voice.embedding) };
}

function parseTasks(text: string): LiveStartParsed['tasks'] {
  const names = text.split(',');
  const known = LIVE_TASK_NAMES.filter((task) => names.includes(task));
  if (known.length === names.length) return known;
  throw invalidOption('--tasks', LIVE_TASK_NAMES.join(', '), text);
}
