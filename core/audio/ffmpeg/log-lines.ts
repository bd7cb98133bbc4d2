/** Lines that ffmpeg writes with `-loglevel repeat+level+info`, one reader for each kind that is of use. */

/** A track of the input. */
export type InputStream = {
  /** Counted over all streams of the file. */
  readonly index: number;
  readonly kind: 'audio' | 'video' | 'other';
  readonly language: string | undefined;
  readonly isDefault: boolean;
  /** A cover picture: it has no length. */
  readonly isPicture: boolean;
};

const STREAM = /^\[info\] {3}Stream #0:(\d+)(?:\[0x[0-9a-f]+\])?(?:\(([A-Za-z-]{2,8})\))?[^:]*: (\w+): (.*)$/;

/** `Stream #0:1[0x101](eng): Audio: aac (LC), 48000 Hz, mono, fltp (default)` */
export function readStream(line: string): InputStream | undefined {
  const match = STREAM.exec(line);
  if (match === null) return undefined;
  const [, index, language, kind, rest = ''] = match;
  return {
    index: Number(index),
    kind: kind === 'Audio' ? 'audio' : kind === 'Video' ? 'video' : 'other',
    language: language === 'und' ? undefined : language,
    isDefault: rest.includes('(default)'),
    isPicture: rest.includes('(attached pic)'),
  };
}

/** `Stream #0:1 -> #0:0 (mp3 (mp3float) -> pcm_f32le (native))`: which track is decoded, by which decoder. */
export function readMapping(line: string): { readonly stream: number; readonly decoder: string } | undefined {
  const match = /^\[info\] {3}Stream #0:(\d+) -> #0:0 \((\S+) \((\S+)\) ->/.exec(line);
  if (match === null) return undefined;
  const [, stream, codec = '', decoder = ''] = match;
  return { stream: Number(stream), decoder: decoder === 'native' ? codec : decoder };
}

/** `Duration: 00:00:05.60, start: 1.400000, bitrate: 157 kb/s`, where either may be missing. */
export function readLength(
  line: string,
): { readonly durationSeconds: number | undefined; readonly startSeconds: number | undefined } | undefined {
  const match = /^\[info\] {3}Duration: (?:(\d+):(\d\d):(\d\d\.\d+)|N\/A)(?:, start: (-?\d+\.\d+))?,/.exec(
    line,
  );
  if (match === null) return undefined;
  const [, hours, minutes, seconds, start] = match;
  return {
    durationSeconds:
      hours === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    startSeconds: start === undefined ? undefined : Number(start),
  };
}

/** `[Parsed_ashowinfo_2 @ 0x55] [info] n:3 pts:242016 … rate:48000 nb_samples:1024 …` */
export function readFrame(
  line: string,
):
  | { readonly startSample: number | undefined; readonly sampleRate: number; readonly sampleCount: number }
  | undefined {
  if (!line.startsWith('[Parsed_ashowinfo')) return undefined;
  const match = / n: *\d+ pts: *(-?\d+|NOPTS) .* rate: *(\d+) nb_samples: *(\d+)/.exec(line);
  if (match === null) return undefined;
  const [, pts, rate, count] = match;
  return {
    startSample: pts === 'NOPTS' ? undefined : Number(pts),
    sampleRate: Number(rate),
    sampleCount: Number(count),
  };
}

/** `Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:/dev/fd/3':` - the name of the demuxer. */
export function readInput(line: string): string | undefined {
  return /^\[info\] Input #0, (\S+), from /.exec(line)?.[1];
}

/** A complaint about data, and who makes it; `undefined` for ffmpeg itself. */
export function readFault(line: string): { readonly by: string | undefined } | undefined {
  const isFault = isComplaint(line) || /\[warning\].*\bcorrupt\b/.test(line);
  return isFault ? { by: /^\[(\S+) @ /.exec(line)?.[1] } : undefined;
}

/** ffmpeg's own word for a packet that its decoder did not take. */
export function isDecodingFailure(line: string): boolean {
  return /Error (while decoding|submitting)/.test(line);
}

/** Lines of the levels error and worse. */
export function isComplaint(line: string): boolean {
  return /\[(error|fatal|panic)\]/.test(line);
}
