import { throwIfAborted } from '../../errors.ts';
import type { AudioDecoder, DecodeOptions, EncodedAudio } from '../audio-decoder.ts';
import { traitsOf } from '../container/audio-container.ts';
import type { PcmStream } from '../pcm-stream.ts';
import { closing, type FfmpegLauncher, startDecoding } from './decoding.ts';
import { missingFfmpeg } from './ffmpeg-failure.ts';
import { findExecutable, findProcessFence } from './process-fence.ts';
import { spool } from './spool.ts';

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

/**
 * Decodes everything that ffmpeg can, through `fluent-ffmpeg`, as if every input were hostile.
 *
 * ffmpeg writes WAV to a pipe at the rate and with the channels of the source, so that one reader checks the limits
 * of all audio, and mixing and resampling are the same for every format.
 */
export function createFfmpegDecoder(options: Partial<FfmpegOptions> = {}): AudioDecoder {
  const settings = { ...DEFAULT_FFMPEG_OPTIONS, ...options };
  /** How the program is started on this machine; found out once. */
  let launcher: Promise<FfmpegLauncher> | undefined;
  return {
    name: 'ffmpeg',
    open: async (audio, decodeOptions) => {
      throwIfAborted(decodeOptions.signal);
      launcher ??= findLauncher(settings);
      launcher.catch(() => (launcher = undefined)); // ffmpeg may be installed while we run
      return openSeekable(audio, decodeOptions, await launcher);
    },
  };
}

/**
 * Finds the program and what fences it in on this machine.
 *
 * @throws DependencyError `dependency_missing`
 */
export async function findLauncher(
  settings: FfmpegOptions = DEFAULT_FFMPEG_OPTIONS,
): Promise<FfmpegLauncher> {
  const command = await findExecutable(settings.ffmpegPath, settings.searchPath);
  if (command === undefined) throw missingFfmpeg();
  const fence = await findProcessFence(settings.searchPath);
  return {
    searchPath: settings.searchPath,
    commandLine: (args, limits) => fence({ command, args }, limits),
  };
}

/** Gives a stream whose format needs seeking a file first. */
async function openSeekable(
  audio: EncodedAudio,
  options: DecodeOptions,
  launcher: FfmpegLauncher,
): Promise<PcmStream> {
  if (audio.kind === 'file' || traitsOf(audio.container).isStreamable)
    return startDecoding(audio, options, launcher);
  const { name, container } = audio;
  const { temporaryFolder, limits } = options;
  const { handle, sizeBytes } = await spool(audio.reader.rest(), {
    name,
    temporaryFolder,
    maxBytes: limits.maxSpoolBytes,
  });
  try {
    const file: EncodedAudio = { kind: 'file', name, container, handle, sizeBytes };
    const pcm = await startDecoding(file, options, launcher);
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
