/** What is known of each container: who decodes it, whether a pipe will do, and whether it keeps a clock. */

/**
 * What says when a sample is to be heard.
 *
 * - `zero`: time stamps, counted from the beginning that the header's length counts from (late sound starts late).
 * - `first`: time stamps, or frames with numbers, that begin anywhere; the first one of any track is the beginning.
 * - `none`: samples are only counted, so what is lost moves all that follows.
 */
export type ContainerClock = 'zero' | 'first' | 'none';

export type ContainerTraits = {
  /** What messages call it. */
  readonly label: string;
  /** Demuxers of ffmpeg. */
  readonly demuxers: readonly string[];
  /**
   * Read from front to back with the same result as from a file. The others keep an index at their end, or their
   * length in their file size (MP3: from a pipe, the padding of the encoder stays at the end).
   */
  readonly isStreamable: boolean;
  readonly clock: ContainerClock;
};

/** A container with a signature. */
export type AudioContainer = keyof typeof CONTAINERS;

export const CONTAINERS = {
  wav: traits('WAV', ['wav'], 'seek', 'none'),
  w64: traits('Wave64', ['w64'], 'seek', 'none'),
  aiff: traits('AIFF', ['aiff'], 'seek', 'none'),
  caf: traits('CAF', ['caf'], 'seek', 'none'),
  au: traits('AU', ['au'], 'stream', 'none'),
  voc: traits('Creative VOC', ['voc'], 'stream', 'none'),
  sphere: traits('NIST SPHERE', ['nistsphere'], 'stream', 'none'),
  flac: traits('FLAC', ['flac'], 'stream', 'first'),
  wavpack: traits('WavPack', ['wv'], 'stream', 'first'),
  ape: traits("Monkey's Audio", ['ape'], 'seek', 'first'),
  tta: traits('TTA', ['tta'], 'seek', 'first'),
  tak: traits('TAK', ['tak'], 'seek', 'first'),
  dsf: traits('DSF', ['dsf'], 'seek', 'none'),
  dsdiff: traits('DSDIFF', ['iff'], 'seek', 'none'),
  mp3: traits('MP3', ['mp3'], 'seek', 'none'),
  aac: traits('AAC', ['aac'], 'stream', 'none'),
  loas: traits('AAC (LATM)', ['loas'], 'stream', 'none'),
  ac3: traits('AC-3', ['ac3'], 'stream', 'none'),
  eac3: traits('E-AC-3', ['eac3'], 'stream', 'none'),
  dts: traits('DTS', ['dts', 'dtshd'], 'stream', 'none'),
  truehd: traits('TrueHD', ['truehd', 'mlp'], 'stream', 'none'),
  musepack: traits('Musepack', ['mpc', 'mpc8'], 'seek', 'none'),
  amr: traits('AMR', ['amr'], 'stream', 'none'),
  ogg: traits('Ogg', ['ogg'], 'stream', 'first'),
  matroska: traits('Matroska or WebM', ['matroska', 'webm'], 'stream', 'zero'),
  mp4: traits('MP4 or QuickTime', ['mov', 'mp4', 'm4a', '3gp'], 'seek', 'zero'),
  asf: traits('ASF', ['asf'], 'seek', 'first'),
  mpegts: traits('MPEG-TS', ['mpegts'], 'stream', 'first'),
  mpegps: traits('MPEG-PS', ['mpeg'], 'stream', 'first'),
  flv: traits('FLV', ['flv'], 'stream', 'first'),
  // Its sound has no stamps: empty chunks in front of late sound count for nothing in ffmpeg.
  avi: traits('AVI', ['avi'], 'seek', 'none'),
  rm: traits('RealMedia', ['rm'], 'seek', 'first'),
  mxf: traits('MXF', ['mxf'], 'seek', 'first'),
  wtv: traits('WTV', ['wtv'], 'seek', 'first'),
  nut: traits('NUT', ['nut'], 'stream', 'first'),
} as const satisfies Readonly<Record<string, ContainerTraits>>;

/** Without a signature that nothing else shares: ffmpeg recognises them by more than a few bytes. */
const OTHER_DEMUXERS = ['dv', 'gxf', 'ircam', 'sox', 'oma', 'qcp', 'xwma', 'shn'];

/**
 * Demuxers that may run. Not among them: all that open further files or addresses (hls, concat, dash, sdp, image
 * lists), that run scripts or play scores (tracker modules, game music), pictures, and the formats of games.
 */
export const ALLOWED_DEMUXERS: readonly string[] = [
  ...Object.values(CONTAINERS).flatMap(({ demuxers }) => demuxers),
  ...OTHER_DEMUXERS,
];

/** What an input may be, for people. */
export const KNOWN_CONTAINERS: string = Object.values(CONTAINERS)
  .map(({ label }) => label)
  .join(', ');

/** What is known of a container; of one without a signature, the least. */
export function traitsOf(container: AudioContainer | undefined): ContainerTraits {
  return container === undefined ? traits('audio', [], 'seek', 'first') : CONTAINERS[container];
}

function traits(
  label: string,
  demuxers: readonly string[],
  access: 'stream' | 'seek',
  clock: ContainerClock,
): ContainerTraits {
  return { label, demuxers, isStreamable: access === 'stream', clock };
}
