/** Loads the runtime as a program that uses the library does: in its main thread, or in a thread of its own. */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { isSpeechError } from '../../../../core/errors.ts';
import { openOnnxSession } from '../../../../core/inference/onnx-session.ts';
import { SILERO_MODEL } from '../../../support/silero-session.ts';

/** Telemetry needs a moment to write its files; the session is used and let go as it would be. */
const WAIT_MS = 500;

async function openSession(path: string): Promise<string> {
  try {
    const session = await openOnnxSession({ ...SILERO_MODEL, path }, { provider: 'cpu' });
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    await session.release();
    return 'opened';
  } catch (error) {
    return isSpeechError(error) ? `${error.code}: ${error.message}` : 'another error';
  }
}

const [where, path] = process.argv.slice(2).map((value) => JSON.parse(value) as string);
if (!isMainThread) {
  parentPort!.postMessage(await openSession(path!));
} else if (where === 'thread') {
  const worker = new Worker(process.argv[1]!, { argv: process.argv.slice(2) });
  const [answer] = (await once(worker, 'message')) as [string];
  console.log(answer);
} else {
  console.log(await openSession(path!));
}
