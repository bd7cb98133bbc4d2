import { ALLOWED_DEMUXERS } from '../container/audio-container.ts';
import type { EncodedAudio } from '../audio-decoder.ts';
import type { AudioLimits } from '../limits.ts';
import type { ProcessLimits } from './process-fence.ts';

/** Slowest decoding seen is about 300 times real time; a sixth of that still ends within the limit. */
const MIN_DECODING_SPEED = 50;

/** Processor time by size: 100 kB a second is slower than any real codec by far. */
const MIN_BYTES_PER_CPU_SECOND = 100_000;

/** Start of ffmpeg on a busy machine, with a wide margin. */
const BASE_CPU_SECONDS = 60;

/** Largest single allocation inside ffmpeg; also there where the kernel's limits cannot be set. */
const MAX_ALLOCATION_BYTES = 256 * 2 ** 20;

/** Options in front of the input. */
export function ffmpegInputOptions(audio: EncodedAudio, limits: AudioLimits): string[] {
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'repeat+level+info'],
    // The time stamps of the container as they are.
    '-copyts',
    ...['-max_alloc', String(MAX_ALLOCATION_BYTES), '-threads', '1'],
    ...probeOptions(audio),
    ...[
      '-protocol_whitelist',
      audio.kind === 'file' ? 'file' : 'pipe',
      '-format_whitelist',
      ALLOWED_DEMUXERS.join(','),
    ],
    // One second more than allowed, so that our own count sees the excess and refuses it.
    ...['-t', String(limits.maxDurationSeconds + 1)],
  ];
}

/**
 * How much is read to find the tracks. A container without a list of them shows a late sound only when it comes; a
 * stream that is being recorded must not be held up for that.
 */
function probeOptions({ kind, container }: EncodedAudio): string[] {
  const isListed = container !== 'mpegps' && container !== 'mpegts' && container !== 'flv';
  return kind === 'stream' || isListed ? [] : ['-analyzeduration', '60M', '-probesize', '100M'];
}

/**
 * One audio track and nothing else, as float WAV at its own rate and with its own channels. Each frame is announced in
 * the log with its time stamp before its samples are written (`ashowinfo`); the WAV itself has no time.
 *
 * @param map which track; ffmpeg chooses without
 */
export function ffmpegOutputOptions(map: string | undefined): string[] {
  return [
    ...(map === undefined ? [] : ['-map', map]),
    ...['-vn', '-sn', '-dn'],
    ...['-af', 'aformat=sample_fmts=flt,asettb=1/sr,ashowinfo,asetpts=N/SR/TB'],
    ...['-bitexact', '-c:a', 'pcm_f32le', '-f', 'wav'],
  ];
}

/** What the process may use, by the size of its input where that is known. */
export function ffmpegProcessLimits(audio: EncodedAudio, limits: AudioLimits): ProcessLimits {
  const byDuration = (2 * limits.maxDurationSeconds) / MIN_DECODING_SPEED;
  const bySize = audio.kind === 'file' ? audio.sizeBytes / MIN_BYTES_PER_CPU_SECOND : Infinity;
  return {
    addressSpaceBytes: limits.maxDecoderMemoryBytes,
    cpuSeconds: Math.ceil(BASE_CPU_SECONDS + Math.min(byDuration, bySize)),
    fileBytes: 2 ** 20,
  };
}
