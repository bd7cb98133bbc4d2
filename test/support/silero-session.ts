import { join } from 'node:path';
import type { ModelFile, Session } from '../../core/inference/session.ts';
import { openSilero } from '../../core/vad/open-silero.ts';

/** The voice activity detector that ships with the repository, as `models/store` would hand it over. */
export const SILERO_MODEL: ModelFile = {
  id: 'silero-vad',
  path: join(import.meta.dirname, '../../models/embedded/silero-vad/silero_vad.onnx'),
  inputs: ['input', 'state', 'sr'],
  outputs: ['output', 'stateN'],
};

/** It, on the CPU in this thread. */
export function openSileroSession(): Promise<Session> {
  return openSilero(SILERO_MODEL);
}
