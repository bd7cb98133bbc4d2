import { InputUnavailableError, isSpeechError } from '../../../core/errors.ts';
import type { EnrolledVoice } from '../../../core/verification/voices/voice.ts';
import { checkDistinctNames } from '../../../core/verification/voices/voice-name.ts';
import type { VoiceStore } from '../../../core/verification/voices/voice-store.ts';
import { knownVoiceOf } from '../../work/speakers/speaker-work.ts';

/** All voices; none where nobody was enrolled yet. */
export async function listVoices(store: VoiceStore): Promise<EnrolledVoice[]> {
  return store.list().catch((error: unknown) => {
    if (isSpeechError(error) && error.code === 'file_not_found') return [];
    throw error;
  });
}

/** @throws InputUnavailableError `not_found`; InvalidInputError `invalid_option` for what is no name */
export async function findVoice(store: VoiceStore, name: string): Promise<EnrolledVoice> {
  const voice = await store.find(name);
  if (voice !== undefined) return voice;
  throw unknownVoice(name);
}

export function unknownVoice(name: string): InputUnavailableError {
  return new InputUnavailableError(
    'not_found',
    `There is no voice ${JSON.stringify(name.slice(0, 128))}. GET /v1/voices lists them.`,
  );
}

/**
 * Options of a job with its voices in full: where a job says a name, as `voice: "Ana"` or `voices: ["Ana"]`, or
 * `voices: "all"`, the voice of that name that the server keeps.
 *
 * @throws InputUnavailableError `not_found`
 */
export async function withStoredVoices(options: unknown, store: VoiceStore): Promise<unknown> {
  if (typeof options !== 'object' || options === null) return options;
  const { voice, voices } = options as { readonly voice?: unknown; readonly voices?: unknown };
  const full: Record<string, unknown> = { ...options };
  if (typeof voice === 'string') full.voice = inJob(await findVoice(store, voice));
  if (voices === 'all') full.voices = (await listVoices(store)).map(inJob);
  else if (typeof voices === 'string') full.voices = [inJob(await findVoice(store, voices))];
  else if (Array.isArray(voices)) {
    checkDistinctNames(voices.filter((each) => typeof each === 'string'));
    full.voices = await Promise.all(
      voices.map(async (each: unknown) =>
        typeof each === 'string' ? inJob(await findVoice(store, each)) : each,
      ),
    );
  }
  return full;
}

/** A voice as jobs carry it. */
function inJob(voice: EnrolledVoice) {
  const { name, space, vector, speechSeconds } = knownVoiceOf(voice);
  const known = speechSeconds === undefined || speechSeconds <= 0 ? {} : { speechSeconds };
  return { name, space, embedding: Array.from(vector), ...known };
}
