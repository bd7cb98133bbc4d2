/** Runs that commands about single recordings have in common: the engine, several inputs, one report at the end. */
import type { AudioRequest } from '../../../core/engine/audio-request.ts';
import type { Engine } from '../../../core/engine/engine.ts';
import type { RunHooks } from '../../../core/engine/job-channel.ts';
import type { ResultWarning } from '../../../core/result/result.ts';
import { openStore } from '../../setup/composition.ts';
import { DEFAULT_SPEAKER_MODEL, speakerTools } from '../../work/speakers/speaker-setup.ts';
import { SpeakerWork } from '../../work/speakers/speaker-work.ts';
import type { CliContext } from '../context.ts';
import { forEachInput, refuseSecondStandardInput } from './each-input.ts';
import { audioOf, type EngineCliOptions, modelCalls, startEngineFor } from '../options/engine-options.ts';
import { writeToStdout } from '../output/output.ts';
import { writeWhole } from '../../work/files/pending-file.ts';
import { createMessenger, type InputReference, type Messenger } from '../output/progress.ts';
import type { EmbeddingOptions, ReportOptions } from '../options/voice-options.ts';

/** What a command works with while the engine runs. */
export type RunningCommand = {
  readonly engine: Engine;
  readonly messenger: Messenger;
  readonly context: CliContext;
  /** How an input of the command line is read. */
  readonly audioOf: (input: string, reference: InputReference) => AudioRequest;
  readonly hooksFor: (reference: InputReference) => RunHooks;
  /** Tells what a result warns of. */
  readonly warnOf: (
    result: { readonly warnings: readonly ResultWarning[] },
    reference: InputReference,
  ) => void;
};

/**
 * Runs work with an engine, which is closed at the end whatever happens.
 *
 * @param prepare finds models and the like while the engine starts: each takes about as long as the other. What is wrong
 *   there is told before what is wrong with the engine
 */
export async function withEngine<Prepared, T>(
  options: EngineCliOptions & { readonly channel?: number | 'mix' },
  messenger: Messenger,
  context: CliContext,
  prepare: () => Promise<Prepared>,
  work: (command: RunningCommand, prepared: Prepared) => Promise<T>,
): Promise<T> {
  const starting = startEngineFor(options, context);
  // Met below, after what may be wrong in `prepare`.
  starting.catch(() => undefined);
  const prepared = await prepare().catch(async (error: unknown) => {
    await starting.then(
      (engine) => engine.close(),
      () => undefined,
    );
    throw error;
  });
  const engine = await starting;
  const command: RunningCommand = {
    engine,
    messenger,
    context,
    audioOf: (input, reference) => audioOf(input, reference, context, options),
    hooksFor: (reference) => ({
      signal: context.signal,
      onProgress: (progress) => messenger.progress(reference, progress),
    }),
    warnOf: ({ warnings }, reference) => {
      messenger.clear();
      for (const warning of warnings) messenger.warning(reference, warning);
    },
  };
  try {
    return await work(command, prepared);
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
  work: (speakers: SpeakerWork, command: RunningCommand) => Promise<T>,
): Promise<T> {
  refuseSecondStandardInput(inputs);
  const messenger = createMessenger(options.progress, context.stderr);
  const { model = DEFAULT_SPEAKER_MODEL, speech } = options;
  const calls = modelCalls(messenger, context);
  return withEngine(
    options,
    messenger,
    context,
    () => speakerTools(openStore(context.config), { model, speech }, calls),
    (command, tools) => work(new SpeakerWork(command.engine, tools), command),
  );
}

/**
 * Works on every input as `forEachInput` does.
 *
 * @returns the results of those that did not fail, in order
 */
export async function workOnEach<T extends { readonly warnings: readonly ResultWarning[] }>(
  inputs: readonly string[],
  command: RunningCommand,
  work: (audio: AudioRequest, hooks: RunHooks) => Promise<T>,
): Promise<{ readonly input: string; readonly result: T }[]> {
  const done: { readonly input: string; readonly result: T }[] = [];
  await forEachInput(inputs, command, async (input, reference) => {
    const result = await work(command.audioOf(input, reference), command.hooksFor(reference));
    command.warnOf(result, reference);
    done.push({ input, result });
  });
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

/** Writes to a file (of this mode), whole or not at all, or to standard output. */
export async function writeContent(
  content: string | Uint8Array,
  output: string | undefined,
  context: CliContext,
  mode?: number,
): Promise<void> {
  if (output === undefined || output === '-') return writeToStdout(context, content);
  await writeWhole(output, content, mode);
}
