/** The RunPod worker as a program: `node dist/runpod-worker.js`. Configuration → engine → jobs → queue. */
import { tmpdir } from 'node:os';
import { readConfig } from '../setup/config.ts';
import { toSpeechError } from '../errors/to-speech-error.ts';
import { createColloquyWorker } from './colloquy-worker.ts';
import { serveWorker } from '../runpod/serve-worker.ts';

try {
  const worker = createColloquyWorker(readConfig(), tmpdir());
  const code = await serveWorker(worker.options);
  await worker.close();
  // A handler that ignores its end, or a connection that is kept open, must not hold the container.
  process.exit(code);
} catch (error) {
  const { code, message } = toSpeechError(error);
  process.stderr.write(`colloquy worker: ${message} (${code})\n`);
  process.exitCode = 1;
}
