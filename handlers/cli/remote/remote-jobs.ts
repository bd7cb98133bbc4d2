/** Recordings on the way to a remote endpoint, and their results on the way to files. */
import { basename } from 'node:path';
import type { FormatInput } from '../../../core/formats/index.ts';
import type { RenderOptions } from '../../../core/formats/render-options.ts';
import type { DiarizationResult, Utterance } from '../../../core/result/result.ts';
import type { AudioInput, Colloquy, WaitOptions } from '../../../sdk/index.ts';
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
import { createMessenger, type Messenger } from '../output/progress.ts';
import { createClient } from './create-client.ts';
import { fromRemote } from '../../errors/from-client-error.ts';
import { refuseSecondStandardInput } from '../input/each-input.ts';
import { nameOf } from '../input/input-name.ts';
import type { RemoteCallOptions } from './remote-options.ts';
import { remoteName, sendInput } from './send-input.ts';
import { startLimited } from './start-limited.ts';
import { createUtteranceStream, type UtteranceStream } from '../output/utterance-stream.ts';

/** Options of every remote command. */
export type RemoteOptions = OutputOptions & RemoteCallOptions & { readonly stream?: true };

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
  refuseSecondStandardInput(inputs);
  const client = fromRemote(() => createClient(options, context));
  const plan = await planOutput(inputs.map(remoteName), options, work.takes);
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
      messenger.error({ index, name: remoteName(input) }, toSpeechError(error));
      failed++;
    }
  }
  if (failed === 0) return;
  messenger.note(`${failed} of ${inputs.length} inputs failed`);
  context.setExitCode(EXIT_CODES.someFailed);
}

function request(input: string, index: number, call: Call): Promise<DiarizationResult> {
  const { client, work, print } = call;
  const reference = { index, name: nameOf(remoteName(input)) };
  const onUtterance = print && ((utterance: Utterance) => print({ type: 'utterance', utterance }, reference));
  return sendInput(input, index, call, (audio, limits) => work.send(client, audio, limits, onUtterance));
}

async function write(input: string, pending: Promise<DiarizationResult>, call: Call): Promise<void> {
  const { plan, work, options, messenger, context, isOneOfSeveral } = call;
  const name = remoteName(input);
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
