/** Sound that every browser plays and seeks in: Opus in Ogg, by the same fenced ffmpeg that decodes. */
import { Readable } from 'node:stream';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';
import { throwIfAborted } from '../../errors.ts';
import { encodeWav } from '../wav/wav-writer.ts';
import { findLauncher } from './ffmpeg.ts';
import { ffmpegFailure } from './ffmpeg-failure.ts';
import type { ProcessLimits } from './process-fence.ts';

/** Speech of 8 kHz bandwidth is transparent at less. */
const BIT_RATE = '32k';

/** A day of sound takes 20 minutes of a slow core. */
const LIMITS: ProcessLimits = { addressSpaceBytes: 2 ** 30, cpuSeconds: 3600, fileBytes: 2 ** 20 };

/** A header of a WAV file; its samples follow. */
const WAV_HEADER_BYTES = 44;

/**
 * Encodes sound as it comes.
 *
 * @param blocks 16 kHz mono, as `openAudio` gives them: the times of the result are those of a transcript
 * @returns the file in pieces
 * @throws DependencyError `dependency_missing` without ffmpeg; what the blocks throw; CanceledError
 */
export async function* encodeOpus(
  blocks: AsyncIterable<Float32Array>,
  { name, signal }: { readonly name: string; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<Uint8Array, void, undefined> {
  const launcher = await findLauncher();
  const { startFfmpeg } = await import('./ffmpeg-process.ts');
  const input = Readable.from(samplesOf(blocks), { objectMode: false });
  const faults: Error[] = [];
  input.on('error', (error) => faults.push(error));
  const ffmpeg = startFfmpeg({
    input,
    inputOptions: [
      ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'repeat+level+info', '-threads', '1'],
      ...['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1'],
    ],
    outputOptions: ['-bitexact', '-c:a', 'libopus', '-b:a', BIT_RATE, '-application', 'voip', '-f', 'ogg'],
    commandLine: (args) => launcher.commandLine(args, LIMITS),
    searchPath: launcher.searchPath,
  });
  try {
    for await (const part of ffmpeg.output) {
      throwIfAborted(signal);
      yield part;
    }
    const exit = await ffmpeg.exit;
    const [fault] = faults;
    if (fault !== undefined) throw fault;
    const failure = ffmpegFailure(exit, ffmpeg.log, { name, container: undefined });
    if (failure !== undefined) throw failure;
  } finally {
    await ffmpeg.stop();
  }
}

async function* samplesOf(blocks: AsyncIterable<Float32Array>): AsyncGenerator<Uint8Array> {
  for await (const block of blocks)
    yield encodeWav(block, { sampleRate: SAMPLE_RATE }).subarray(WAV_HEADER_BYTES);
}
