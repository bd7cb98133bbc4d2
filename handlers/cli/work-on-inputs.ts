/** Runs that commands about single recordings have in common: the engine, several inputs, one report at the end. */
import { basename } from 'node:path';
import type { AudioRequest } from '../../core/engine/audio-request.ts';
import type { Engine } from '../../core/engine/engine.ts';
import type { RunHooks } from '../../core/engine/engine-child.ts';
import type { ResultWarning } from '../../core/transcript/result.ts';
import { openStore, startEngine } from '../composition.ts';
import { EXIT_CODES } from '../error-mapping.ts';
import { speakerTools } from '../speakers/speaker-setup.ts';
import { SpeakerWork } from '../speakers/speaker-work.ts';
import { toSpeechError } from '../to-speech-error.ts';
import type { CliContext } from './context.ts';
import { writeToStdout } from './output.ts';
import { PendingFile } from './pending-file.ts';
import { createMessenger, type InputReference, type Messenger } from './progress.ts';
import { STANDARD_INPUT_NAME, standardInput } from './standard-input.ts';
import {
  checkInputs,
  type EmbeddingOptions,
  type MachineOptions,
  type ReportOptions,
} from './voice-options.ts';

/** What a command works with while the engine runs. */
export type Session = {
  readonly engine: Engine;
  readonly messenger: Messenger;
  readonly context: CliContext;
  /** How an input of the command line is read. */
  readonly audioOf: (input: string) => AudioRequest;
  readonly hooksFor: (reference: InputReference) => RunHooks;
};

/** Runs work with an engine, which is closed at the end whatever happens. */
export async function withEngine<T>(
  options: MachineOptions & { readonly channel?: number | 'mix' },
  context: CliContext,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { config, signal, stdin, stderr } = context;
  const messenger = createMessenger(options.progress, stderr);
  const engine = await startEngine(config, {
    provider: options.provider ?? config.provider,
    laneCount: options.threads ?? config.threads,
  });
  const audioOf = (input: string): AudioRequest => ({
    name: nameOf(input),
    channel: options.channel,
    limits: config.audioLimits,
    ...(input === '-' ? { stream: standardInput(stdin) } : { path: input }),
  });
  const hooksFor = (reference: InputReference): RunHooks => ({
    signal,
    onProgress: (progress) => messenger.progress(reference, progress),
  });
  try {
    return await work({ engine, messenger, context, audioOf, hooksFor });
  } finally {
    messenger.clear();
    await engine.close();
  }
}

/** The same with the models that embed and compare voices. */
export async function withSpeakers<T>(
  inputs: readonly string[],
  options: EmbeddingOptions,
  context: CliContext,
  work: (speakers: SpeakerWork, session: Session) => Promise<T>,
): Promise<T> {
  checkInputs(inputs);
  const { model, speech } = options;
  const tools = await speakerTools(openStore(context.config), { model, speech }, { signal: context.signal });
  return withEngine(options, context, (session) => work(new SpeakerWork(session.engine, tools), session));
}

/**
 * Works on every input; one of several that fails is told and left out, and the command ends with the code for it.
 *
 * @returns the results of those that did not fail, in order
 */
export async function workOnEach<T extends { readonly warnings: readonly ResultWarning[] }>(
  inputs: readonly string[],
  { messenger, context }: Pick<Session, 'messenger' | 'context'>,
  work: (input: string, reference: InputReference) => Promise<T>,
): Promise<{ readonly input: string; readonly result: T }[]> {
  const done: { readonly input: string; readonly result: T }[] = [];
  for (const [index, input] of inputs.entries()) {
    const reference = { index, name: nameOf(input) };
    try {
      const result = await work(input, reference);
      messenger.clear();
      for (const warning of result.warnings) messenger.warning(reference, warning);
      done.push({ input, result });
    } catch (error) {
      if (inputs.length === 1 || context.signal.aborted) throw error;
      messenger.error(reference, toSpeechError(error));
      context.setExitCode(EXIT_CODES.someFailed);
    }
  }
  return done;
}

/** Writes the report of a command: JSON for programs, text for people. */
export async function writeReport(
  report: { readonly json: unknown; readonly text: string },
  { format, output }: ReportOptions,
  context: CliContext,
): Promise<void> {
  const content = format === 'json' ? `${JSON.stringify(report.json, null, 2)}\n` : report.text;
  await writeContent(content, output, context);
}

/** Writes to a file, whole or not at all, or to standard output. */
export async function writeContent(
  content: string | Uint8Array,
  output: string | undefined,
  context: CliContext,
): Promise<void> {
  if (output === undefined || output === '-') return writeToStdout(context, content);
  const file = await PendingFile.start(output);
  try {
    await file.write(content);
    await file.commit();
  } finally {
    await file.discard();
  }
}

/** What messages call an input. */
export function nameOf(input: string): string {
  return input === '-' ? STANDARD_INPUT_NAME : basename(input);
}
