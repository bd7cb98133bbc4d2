/** Voices for work that is done elsewhere: those of a folder here, or those that the server keeps. */
import { InvalidInputError } from '../../../core/errors.ts';
import { type EnrolledVoice, speechSecondsOf } from '../../../core/verification/voices/voice.ts';
import type { Colloquy, Voice } from '../../../sdk/index.ts';
import type { Command } from 'commander';
import { fromRemote } from '../../errors/from-client-error.ts';
import { knownVoice, voiceFolder, type VoiceFolderOptions } from '../input/known-voices.ts';
import type { EndpointOptions } from './create-client.ts';
import type { RemoteSession } from './report-each.ts';
import { startLimited } from './start-limited.ts';

/** Instead of a folder. */
export const SERVER_VOICES = 'server';

/** Voices of a server that are asked for at a time. */
const CONCURRENCY = 8;

export function addRemoteVoicesOption(command: Command): Command {
  return command.option(
    '--voices <folder>',
    `folder of voices on this machine, or ${SERVER_VOICES} for those that the server keeps (default: those of the server; for a RunPod endpoint COLLOQUY_VOICES, or in the home folder)`,
  );
}

/** RunPod endpoints keep no voices, so theirs are those of this machine. */
export function usesServerVoices(
  { voices, endpoint }: VoiceFolderOptions & EndpointOptions,
  { context }: Pick<RemoteSession, 'context'>,
): boolean {
  const isServer = endpoint === undefined && context.config.environment.RUNPOD_ENDPOINT_ID === undefined;
  return voices === SERVER_VOICES || (voices === undefined && isServer);
}

/**
 * A voice by name, or a voice file by its path.
 *
 * @throws InputUnavailableError; InvalidInputError `invalid_file`
 */
export async function remoteVoice(
  reference: string,
  options: VoiceFolderOptions & EndpointOptions,
  session: RemoteSession,
): Promise<Voice> {
  const { client, messenger, context } = session;
  const isFile = /[/\\]|\.json$/.test(reference);
  if (!isFile && usesServerVoices(options, session)) return fromRemote(() => client.voices.get(reference));
  const folder = isFile ? {} : options;
  return asVoice(await knownVoice(reference, voiceFolder(folder, context, messenger), context, messenger));
}

/** All voices. @throws InvalidInputError `invalid_option` where there is none */
export async function remoteVoices(
  options: VoiceFolderOptions & EndpointOptions,
  session: RemoteSession,
): Promise<Voice[]> {
  const { client, messenger, context } = session;
  const voices = usesServerVoices(options, session)
    ? await fromRemote(() => voicesOfServer(client))
    : (await voiceFolder(options, context, messenger).list()).map(asVoice);
  if (voices.length > 0) return voices;
  throw new InvalidInputError(
    'invalid_option',
    'There are no voices yet; enrol somebody: colloquy remote enroll NAME FILE',
  );
}

async function voicesOfServer(client: Colloquy): Promise<Voice[]> {
  const facts = await client.voices.list();
  return Promise.all(startLimited(facts, CONCURRENCY, ({ name }) => client.voices.get(name)));
}

/** A voice as jobs carry it. */
function asVoice({ name, space, vector, samples }: EnrolledVoice): Voice {
  const speechSeconds = speechSecondsOf(samples) ?? 0;
  const { model, fingerprint, dimension } = space;
  return {
    name,
    space: { model, fingerprint, dimension },
    embedding: Array.from(vector),
    ...(speechSeconds > 0 ? { speechSeconds } : {}),
  };
}
