/** Recordings on the way to a remote endpoint, and their results on the way to files. */
import { basename } from 'node:path';
import { InvalidInputError } from '../../../core/errors.ts';
import type { FormatInput } from '../../../core/formats/index.ts';
import type { RenderOptions } from '../../../core/formats/render-options.ts';
import type { DiarizationResult, Utterance } from '../../../core/result/result.ts';
import type { AudioInput, Colloquy, JobProgress, WaitOptions } from '../../../sdk/index.ts';
import { EXIT_CODES } from '../../errors/error-mapping.ts';
import { toSpeechError } from '../../errors/to-speech-error.ts';
import type { CliContext } from '../context.ts';
import { finishOutput, startOutput } from '../output/output.ts';
import {
  type OutputOptions,
  type OutputPlan,
  planOutput,
  nameOfInput,
  refuseBinaryOnTerminal,
} from '../output/output-plan.ts';
import { createMessenger, type Messenger, type ProgressMode } from '../output/progress.ts';
import { createClient, type EndpointOptions } from './create-client.ts';
import { fromRemote } from '../../errors/from-client-error.ts';
import { standardInput, STANDARD_INPUT_NAME } from '../input/standard-input.ts';
import { startLimited } from './start-limited.ts';
import { createUtteranceStream, type UtteranceStream } from '../output/utterance-stream.ts';

/** Options of every remote command. */
export type RemoteOptions = OutputOptions &
  EndpointOptions & {
    readonly timeout?: number;
    readonly concurrency: number;
    readonly progress: ProgressMode;
    readonly stream?: true;
  };

/** What a remote command does with each recording. */
export type RemoteWork = {
  /** What the results have. */
  readonly takes: FormatInput;
  readonly send: Send;
  /** How the result of a recording is written. */
  readonly rendering?: (recordingId: string) => RenderOptions;
  /** Names of speakers by label, for what is streamed. */
  readonly names?: ReadonlyMap<string, string> | undefined;
};

/** Sends one recording and waits for its result; with a listener, utterances come as soon as they are final. */
export type Send = (
  client: Colloquy,
  audio: AudioInput,
  limits: WaitOptions,
  onUtterance?: (utterance: Utterance) => void,
) => Promise<DiarizationResult>;

function isUrl(input: string): boolean {
  return /^(https?|s3):\/\//i.test(input);
}

/** What files and messages call an input: of a URL its last part, never the query, which may be a key. */
function nameOf(input: string): string {
  if (!isUrl(input) || !URL.canParse(input)) return input;
  return basename(new URL(input).pathname) || 'recording';
}

/** Everything that is the same for all inputs of a call. */
type Call = {
  readonly client: Colloquy;
  readonly work: RemoteWork;
  readonly plan: OutputPlan;
  readonly options: RemoteOptions;
  readonly messenger: Messenger;
  readonly print: UtteranceStream | undefined;
  readonly context: CliContext;
  readonly isOneOfSeveral: boolean;
};

/** Sends all inputs and writes their results. */
export async function sendAll(
  inputs: readonly string[],
  options: RemoteOptions,
  work: RemoteWork,
  context: CliContext,
): Promise<void> {
  if (inputs.filter((input) => input === '-').length > 1) {
    throw new InvalidInputError('invalid_option', 'Standard input (-) can be read only once; name it once.');
  }
  const client = fromRemote(() => createClient(options, context));
  const plan = await planOutput(inputs.map(nameOf), options, work.takes);
  refuseBinaryOnTerminal(plan, context);
  const messenger = createMessenger(options.progress, context.stderr);
  const names = work.names ?? new Map<string, string>();
  const print = options.stream ? createUtteranceStream(options, names, messenger, context) : undefined;
  const isOneOfSeveral = inputs.length > 1;
  const call: Call = { client, work, plan, options, messenger, print, context, isOneOfSeveral };
  try {
    await writeInOrder(inputs, call);
  } finally {
    messenger.clear();
  }
}

/** Several jobs run at a time; their results are written in the order of the inputs. One failure stops no other. */
async function writeInOrder(inputs: readonly string[], call: Call): Promise<void> {
  const { context, messenger, options, isOneOfSeveral } = call;
  // Lines of several recordings at a time would be nobody's.
  const concurrency = options.stream ? 1 : options.concurrency;
  const results = startLimited(inputs, concurrency, (input, index) => request(input, index, call));
  let failed = 0;
  for (const [index, input] of inputs.entries()) {
    try {
      await write(input, results[index]!, call);
    } catch (error) {
      if (context.signal.aborted || !isOneOfSeveral) throw error;
      messenger.error({ index, name: nameOf(input) }, toSpeechError(error));
      failed++;
    }
  }
  if (failed === 0) return;
  messenger.note(`${failed} of ${inputs.length} inputs failed`);
  context.setExitCode(EXIT_CODES.someFailed);
}

function request(
  input: string,
  index: number,
  { client, work, options, messenger, print, context }: Call,
): Promise<DiarizationResult> {
  const { signal, stdin } = context;
  const audio: AudioInput = input === '-' ? standardInput(stdin) : isUrl(input) ? input : { path: input };
  const reference = { index, name: input === '-' ? STANDARD_INPUT_NAME : basename(nameOf(input)) };
  const onProgress = ({ stage, done, total }: JobProgress): void =>
    messenger.progress(reference, { stage, done, total });
  const timeoutMs = options.timeout === undefined ? undefined : options.timeout * 1000;
  const onUtterance = print && ((utterance: Utterance) => print({ type: 'utterance', utterance }, reference));
  return fromRemote(() => work.send(client, audio, { signal, timeoutMs, onProgress }, onUtterance));
}

async function write(input: string, pending: Promise<DiarizationResult>, call: Call): Promise<void> {
  const { plan, work, options, messenger, context, isOneOfSeveral } = call;
  const name = nameOf(input);
  // Before the work: a folder that cannot be written is told at once, not after an hour.
  const file = await startOutput(plan, name);
  try {
    const result = await pending;
    messenger.clear();
    const reference = { index: 0, name: basename(name) };
    for (const warning of result.warnings) messenger.warning(reference, warning);
    if (options.stream && file === undefined) return;
    const rendering = work.rendering?.(nameOfInput(name));
    const subject = { input: name, isOneOfSeveral, messenger, ...(rendering ? { rendering } : {}) };
    await finishOutput(result, plan, file, subject, context);
  } finally {
    await file?.discard();
  }
}
