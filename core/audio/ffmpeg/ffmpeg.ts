import { Readable } from 'node:stream';
import { CanceledError, InvalidInputError, isSpeechError, throwIfAborted } from '../../errors.ts';
import type { AudioDecoder, DecodeOptions, EncodedAudio } from '../audio-decoder.ts';
import { ByteReader } from '../byte-reader.ts';
import { ffmpegInputOptions, ffmpegProcessLimits, FFMPEG_OUTPUT_OPTIONS } from './ffmpeg-arguments.ts';
import { ffmpegFailure, missingFfmpeg } from './ffmpeg-failure.ts';
import type { FfmpegProcess } from './ffmpeg-process.ts';
import { checkDuration } from '../limits.ts';
import type { PcmStream } from '../pcm-stream.ts';
import { findExecutable, findProcessFence, type CommandLine, type ProcessLimits } from './process-fence.ts';
import { traitsOf } from '../container/audio-container.ts';
import { spool } from './spool.ts';
import { readWav } from '../wav/wav.ts';

export type FfmpegOptions = {
  /** Program name, looked up in `searchPath`, or a path. */
  readonly ffmpegPath: string;
  /** Folders with programs, as in `PATH`; all that the child learns of our environment. */
  readonly searchPath: string;
};

export const DEFAULT_FFMPEG_OPTIONS: FfmpegOptions = Object.freeze({
  ffmpegPath: 'ffmpeg',
  searchPath: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/opt/local/bin',
});

/** A shorter loss at the end is rounding of the container's clock. */
const TRUNCATION_TOLERANCE_SECONDS = 0.5;

/** Containers whose length may be that of a picture. */
const VIDEO_CONTAINERS: readonly EncodedAudio['container'][] = ['mp4', 'matroska', 'asf', 'ogg'];

/** How the program is started on this machine; found out once for each decoder. */
type Launcher = (args: readonly string[], limits: ProcessLimits) => CommandLine;

/**
 * Decodes everything that ffmpeg can, through `fluent-ffmpeg`, as if every input were hostile.
 *
 * ffmpeg writes WAV to a pipe at the rate and with the channels of the source, so that one reader checks the limits
 * of all audio, and mixing and resampling are the same for every format.
 */
export function createFfmpegDecoder(options: Partial<FfmpegOptions> = {}): AudioDecoder {
  const settings = { ...DEFAULT_FFMPEG_OPTIONS, ...options };
  let launcher: Promise<Launcher> | undefined;
  return {
    name: 'ffmpeg',
    open: async (audio, decodeOptions) => {
      throwIfAborted(decodeOptions.signal);
      launcher ??= findLauncher(settings);
      launcher.catch(() => (launcher = undefined)); // ffmpeg may be installed while we run
      return openSeekable(audio, decodeOptions, settings, await launcher);
    },
  };
}

async function findLauncher(settings: FfmpegOptions): Promise<Launcher> {
  const command = await findExecutable(settings.ffmpegPath, settings.searchPath);
  if (command === undefined) throw missingFfmpeg();
  const fence = await findProcessFence(settings.searchPath);
  return (args, limits) => fence({ command, args }, limits);
}

/** Gives a stream whose format needs seeking a file first. */
async function openSeekable(
  audio: EncodedAudio,
  options: DecodeOptions,
  settings: FfmpegOptions,
  launcher: Launcher,
): Promise<PcmStream> {
  if (audio.kind === 'file' || traitsOf(audio.container).isStreamable)
    return startDecoding(audio, options, settings, launcher);
  const { name, container } = audio;
  const { temporaryFolder, limits } = options;
  const { handle, sizeBytes } = await spool(audio.reader.rest(), {
    name,
    temporaryFolder,
    maxBytes: limits.maxSpoolBytes,
  });
  try {
    const pcm = await startDecoding(
      { kind: 'file', name, container, handle, sizeBytes },
      options,
      settings,
      launcher,
    );
    const close = async (): Promise<void> => {
      await pcm.close();
      await handle.close();
    };
    return { ...pcm, blocks: closing(pcm.blocks, close), close };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function startDecoding(
  audio: EncodedAudio,
  options: DecodeOptions,
  settings: FfmpegOptions,
  launcher: Launcher,
): Promise<PcmStream> {
  // Loaded here because fluent-ffmpeg costs start-up time that WAV files need not pay.
  const { startFfmpeg } = await import('./ffmpeg-process.ts');
  const input =
    audio.kind === 'file' ? audio.handle.fd : Readable.from(audio.reader.rest(), { objectMode: false });
  const faults = new InputFaults(input);
  const ffmpeg = startFfmpeg({
    input,
    inputOptions: ffmpegInputOptions(audio, options.limits),
    outputOptions: FFMPEG_OUTPUT_OPTIONS,
    commandLine: (args) => launcher(args, ffmpegProcessLimits(audio, options.limits)),
    searchPath: settings.searchPath,
  });
  const reader = new ByteReader(ffmpeg.output, options.signal);
  try {
    if ((await reader.peek(1)).length === 0) await explainSilence(ffmpeg, faults, audio);
    const pcm = await readWav(reader, { name: audio.name, limits: options.limits, signal: options.signal });
    await new Promise((resolve) => setImmediate(resolve)); // the log was written before the header: let it arrive
    const { durationSeconds, durationGuessed } = ffmpeg.log;
    if (durationSeconds !== undefined && !durationGuessed)
      checkDuration(audio.name, durationSeconds, options.limits);
    const blocks = closing(supervised(pcm, ffmpeg, faults, audio, options), ffmpeg.stop);
    return { ...pcm, expectedSeconds: durationSeconds, blocks, close: ffmpeg.stop };
  } catch (error) {
    await ffmpeg.stop();
    throw error;
  }
}

/** Passes the samples on, and says at the end how the decoder fared. */
async function* supervised(
  pcm: PcmStream,
  ffmpeg: FfmpegProcess,
  faults: InputFaults,
  audio: EncodedAudio,
  options: DecodeOptions,
): AsyncGenerator<Float32Array> {
  let samples = 0;
  for await (const block of pcm.blocks) {
    samples += block.length;
    yield block;
  }
  await throwFailure(ffmpeg, faults, audio);
  const { complaints, durationSeconds, durationGuessed } = ffmpeg.log;
  const seconds = samples / pcm.channels / pcm.sampleRate;
  const expected = durationGuessed ? undefined : durationSeconds;
  // The picture of a video may go on after its sound has ended well.
  const wholeIsSound = complaints.length > 0 || !VIDEO_CONTAINERS.includes(audio.container);
  if (expected !== undefined && wholeIsSound && expected - seconds > TRUNCATION_TOLERANCE_SECONDS) {
    const message = `${audio.name} was cut off: it holds ${seconds.toFixed(3)} s of ${expected.toFixed(3)} s.`;
    options.onWarning?.({ code: 'truncated', message });
  } else if (complaints.length > 0) {
    const message = `Parts of ${audio.name} are damaged and were left out.`;
    options.onWarning?.({ code: 'damaged', message });
  }
}

/** ffmpeg wrote nothing: it failed, or there was nothing to write. */
async function explainSilence(
  ffmpeg: FfmpegProcess,
  faults: InputFaults,
  audio: EncodedAudio,
): Promise<never> {
  await throwFailure(ffmpeg, faults, audio);
  throw new InvalidInputError('audio_too_short', `${audio.name} holds no audio samples.`);
}

async function throwFailure(ffmpeg: FfmpegProcess, faults: InputFaults, audio: EncodedAudio): Promise<void> {
  const exit = await ffmpeg.exit;
  faults.throwIfAny();
  if (ffmpeg.stopped()) throw new CanceledError();
  const failure = ffmpegFailure(exit, ffmpeg.log, audio);
  if (failure !== undefined) throw failure;
}

/** What went wrong on the way to ffmpeg explains its end better than ffmpeg does. */
class InputFaults {
  #fault: unknown;

  constructor(input: number | Readable) {
    if (typeof input !== 'number') input.on('error', (error) => (this.#fault ??= error));
  }

  throwIfAny(): void {
    if (isSpeechError(this.#fault)) throw this.#fault;
  }
}

/** The same blocks; `close` runs when they end, fail or are left. */
async function* closing(
  blocks: AsyncIterable<Float32Array>,
  close: () => Promise<void>,
): AsyncGenerator<Float32Array> {
  try {
    yield* blocks;
  } finally {
    await close();
  }
}
