import { openOnnxSession } from '../../core/inference/onnx-session.ts';
import type { Session } from '../../core/inference/session.ts';
import { GE2E_MODEL } from './embedded-models.ts';

/** The speaker encoder that ships with the repository, on the CPU in this thread. */
export function openGe2eSession(): Promise<Session> {
  return openOnnxSession(GE2E_MODEL, { provider: 'cpu', intraOpThreads: 1 });
}
