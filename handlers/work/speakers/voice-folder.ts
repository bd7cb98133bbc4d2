/** Where voices are kept on this machine, and with which key. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readVoiceKey } from '../../../core/verification/voices/voice-encryption.ts';
import type { LockFile } from '../../../core/lock-file.ts';
import { VoiceStore, type VoiceStoreWarning } from '../../../core/verification/voices/voice-store.ts';
import { withFileLock } from '../../../models/file-lock.ts';
import type { Environment } from '../../setup/config.ts';

const LOCK_SETTINGS = {
  // Voices are changed in milliseconds: a lock that nobody renews for so long has no holder.
  heartbeatMs: 1_000,
  staleAfterMs: 15_000,
  pollMs: 20,
  unwritable: {
    folder: 'The folder of voices',
    remedy: 'Make it writable or name another one with COLLOQUY_VOICES.',
  },
};

/** `COLLOQUY_VOICES`, else a folder of the user's data. */
export function defaultVoiceFolder(environment: Environment): string {
  const { COLLOQUY_VOICES: chosen, XDG_DATA_HOME: data } = environment;
  if (chosen) return chosen;
  const share = data === undefined || data === '' ? join(homedir(), '.local', 'share') : data;
  return join(share, 'colloquy', 'voices');
}

/**
 * Opens a folder of voices; `COLLOQUY_VOICE_KEY` encrypts what is written and opens what was encrypted.
 *
 * @throws DependencyError `configuration_invalid` for a key that is none
 */
export function openVoiceFolder(
  folder: string | undefined,
  environment: Environment,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly onWarning?: ((warning: VoiceStoreWarning) => void) | undefined;
  } = {},
): VoiceStore {
  const { COLLOQUY_VOICE_KEY: key } = environment;
  const lock: LockFile = (path, work) =>
    withFileLock(path, work, { ...LOCK_SETTINGS, signal: options.signal });
  return new VoiceStore({
    folder: folder ?? defaultVoiceFolder(environment),
    lock,
    key: key ? readVoiceKey(key) : undefined,
    onWarning: options.onWarning,
  });
}
