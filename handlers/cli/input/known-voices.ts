/** Voices that a command line names. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Command } from 'commander';
import { InputUnavailableError } from '../../../core/errors.ts';
import { decryptVoice, readVoiceKey } from '../../../core/verification/voices/voice-encryption.ts';
import { decodeVoice, MAX_VOICE_FILE_BYTES } from '../../../core/verification/voices/voice-file.ts';
import { type EnrolledVoice, speechSecondsOf } from '../../../core/verification/voices/voice.ts';
import { exposedWarning, isExposed, type VoiceStore } from '../../../core/verification/voices/voice-store.ts';
import { openVoiceFolder } from '../../work/speakers/voice-folder.ts';
import type { CliContext } from '../context.ts';
import type { Messenger } from '../output/progress.ts';
import type { JobVoice } from '../../work/speakers/speaker-naming.ts';
import { readInputFile } from '../../work/files/read-input-file.ts';

export type VoiceFolderOptions = { readonly voices?: string };

export function addVoiceFolderOption(command: Command): Command {
  return command.option(
    '--voices <folder>',
    'folder of voices (default: COLLOQUY_VOICES, or in the home folder)',
  );
}

/** The folder of voices, with its warnings told. */
export function voiceFolder(
  { voices }: VoiceFolderOptions,
  { config, signal }: CliContext,
  messenger: Messenger,
): VoiceStore {
  const onWarning = messenger.warning.bind(messenger, undefined);
  return openVoiceFolder(voices, config.environment, { signal, onWarning });
}

/** All voices of the folder, as jobs and live sessions take them. */
export async function knownVoices(
  options: VoiceFolderOptions,
  messenger: Messenger,
  context: CliContext,
): Promise<JobVoice[]> {
  const known = await voiceFolder(options, context, messenger).list();
  return known.map(({ name, space, vector, samples }) => ({
    name,
    space,
    embedding: vector,
    speechSeconds: speechSecondsOf(samples),
  }));
}

/**
 * A voice by name, or a voice file by its path (anything with a slash, or ending in `.json`).
 *
 * @throws InputUnavailableError `file_not_found` and others; InvalidInputError `invalid_file`
 */
export async function knownVoice(
  reference: string,
  store: VoiceStore,
  context: CliContext,
  messenger: Messenger,
): Promise<EnrolledVoice> {
  if (/[/\\]|\.json$/.test(reference)) {
    const bytes = await readInputFile(reference, MAX_VOICE_FILE_BYTES);
    await warnIfExposed(reference, messenger);
    return decodeVoiceFile(bytes, basename(reference), context);
  }
  const voice = await store.find(reference);
  if (voice !== undefined) return voice;
  throw new InputUnavailableError(
    'file_not_found',
    `There is no voice ${JSON.stringify(reference.slice(0, 128))} in the folder of voices; colloquy voices list names those that are there.`,
  );
}

/**
 * Reads a voice file, with the key of the environment where it is encrypted.
 *
 * @throws InvalidInputError `invalid_file`
 */
export function decodeVoiceFile(bytes: Uint8Array, where: string, { config }: CliContext): EnrolledVoice {
  const { COLLOQUY_VOICE_KEY: key } = config.environment;
  const text = new TextDecoder().decode(bytes);
  return decodeVoice(decryptVoice(key ? readVoiceKey(key) : undefined, text, where), where);
}

/** Tells of a voice file outside the folder of voices that others may read. */
export async function warnIfExposed(path: string, messenger: Messenger): Promise<void> {
  const { mode } = await stat(path);
  if (isExposed(mode)) messenger.warning(undefined, exposedWarning(basename(path)));
}
