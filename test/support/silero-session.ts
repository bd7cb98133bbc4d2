import { join } from 'node:path';
import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import type { Session } from '../../core/inference/session.ts';

/** The voice activity detector that ships with the repository, on the CPU in this thread. */
export function openSileroSession(): Promise<Session> {
  const path = join(import.meta.dirname, '../../models/embedded/silero-vad/silero_vad.onnx');
  const tensors = { inputs: ['input', 'state', 'sr'], outputs: ['output', 'stateN'] };
  return openOnnxSession({ id: 'silero-vad', path, ...tensors }, { provider: 'cpu' });
}
