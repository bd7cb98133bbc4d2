import { CapacityError, DependencyError, InvalidInputError, type SpeechError } from '../../errors.ts';
import { audioTracks, missingTrack } from './audio-tracks.ts';
import type { FfmpegLog } from './ffmpeg-log.ts';
import type { ProcessExit } from './ffmpeg-process.ts';
import { type AudioContainer, KNOWN_CONTAINERS, traitsOf } from '../container/audio-container.ts';
import { machineLimit } from '../../machine-limits.ts';

/** ffmpeg is not there, or cannot run. */
export function missingFfmpeg(cause?: unknown): DependencyError {
  return new DependencyError(
    'dependency_missing',
    'Audio other than WAV needs ffmpeg, which was not found. Install the package "ffmpeg" ' +
      '(Debian, Ubuntu: apt-get install ffmpeg; macOS: brew install ffmpeg), or convert the audio to WAV.',
    cause === undefined ? {} : { cause },
  );
}

/**
 * Sorts a failure of ffmpeg. Its own words are read but never passed on: they name files and tags.
 *
 * @returns `undefined` when it ended well
 */
export function ffmpegFailure(
  exit: ProcessExit,
  log: FfmpegLog,
  audio: {
    readonly name: string;
    readonly container: AudioContainer | undefined;
    readonly audioTrack?: number | undefined;
  },
): SpeechError | undefined {
  if (exit.startError !== undefined || (exit.code ?? 0) < 0) return startFailure(exit.startError);
  if (exit.signal !== null) return signalFailure(exit.signal, audio.name);
  if (exit.code === 0) return undefined;
  const said = log.complaints.join('\n');
  const details = { exitCode: exit.code, container: audio.container ?? 'unknown' };
  if (exit.code === 127) return missingFfmpeg();
  if (said.includes("No such filter: 'ashowinfo'")) {
    return new DependencyError(
      'dependency_missing',
      'This ffmpeg was built without the filter ashowinfo; install a complete one.',
    );
  }
  if (/matches no streams|does not contain any stream/.test(said)) {
    if (audioTracks(log).length > 0) return missingTrack(log, audio.name, audio.audioTrack ?? 0);
    return new InvalidInputError('unsupported_audio', `${audio.name} holds no audio track.`, { details });
  }
  if (said.includes('Cannot allocate memory')) {
    const message = `${audio.name} needs more memory to decode than its limit; it is damaged or made to do harm.`;
    return new InvalidInputError('audio_too_large', message, { details });
  }
  if (
    /no decoder found|Unknown decoder|Decoder .* not found|not currently supported|Unsupported codec/i.test(
      said,
    )
  ) {
    const message = `${audio.name} uses an audio codec that this ffmpeg does not know; convert it to WAV or FLAC.`;
    return new InvalidInputError('unsupported_audio', message, { details });
  }
  if (said.includes('moov atom not found')) {
    const message =
      `${audio.name} was cut off, or its recorder never finished it: the index (moov) that MP4 and QuickTime need is ` +
      'missing, and nothing can be decoded without it. Copy the file again.';
    return new InvalidInputError('corrupt_audio', message, { details });
  }
  if (audio.container === undefined) {
    const message = `${audio.name} is no audio that is known here; expected one of ${KNOWN_CONTAINERS}.`;
    return new InvalidInputError('unsupported_audio', message, { details });
  }
  const message = `${audio.name} looks like ${traitsOf(audio.container).label}, but it is damaged and cannot be decoded.`;
  return new InvalidInputError('corrupt_audio', message, { details });
}

function startFailure(error: Error | undefined): SpeechError {
  return machineLimit(error) ?? missingFfmpeg(error);
}

function signalFailure(signal: NodeJS.Signals, name: string): SpeechError {
  const details = { signal };
  if (signal === 'SIGKILL') {
    const message = 'ffmpeg was killed from outside, most likely because the machine ran out of memory.';
    return new CapacityError('out_of_memory', message, { details });
  }
  const reason =
    signal === 'SIGXCPU' ? 'takes far longer to decode than its size explains' : 'makes the decoder crash';
  return new InvalidInputError('corrupt_audio', `${name} ${reason}; it is damaged.`, { details });
}
