/** Recording conditions: what is done to a clean recording, from left to right. Seeded, same length, same time axis. */

export type Degradation =
  /** Telephone band, Hz. */
  | { readonly do: 'band'; readonly lowHz: number; readonly highHz: number }
  | { readonly do: 'codec'; readonly codec: CodecName }
  /** dB of speech over the noise; speech is what stands within 20 dB of its loud frames. */
  | { readonly do: 'noise'; readonly noise: NoiseName; readonly snrDb: number }
  /** Reverberation time, and direct sound over the rest. */
  | { readonly do: 'room'; readonly t60Seconds: number; readonly directDb: number }
  /** Then 16-bit samples. */
  | { readonly do: 'gain'; readonly db: number }
  /** So far over full scale, clipped. */
  | { readonly do: 'clip'; readonly overDb: number }
  /** Every second speaker by name is on this telephone, the others are wideband. */
  | { readonly do: 'mixed'; readonly telephone: 'tel-mulaw' | 'tel-gsm' }
  /** From the middle on everybody is on this telephone. */
  | { readonly do: 'half'; readonly telephone: 'tel-mulaw' };

export type NoiseName = 'white' | 'pink' | 'hum' | 'babble' | 'music';

/** How ffmpeg encodes: rate of the codec, options, container. */
export const CODECS = {
  mulaw: { rate: 8000, options: ['-c:a', 'pcm_mulaw'], container: 'wav' },
  gsm: { rate: 8000, options: ['-c:a', 'libgsm'], container: 'gsm' },
  g723: { rate: 8000, options: ['-c:a', 'g723_1', '-b:a', '6300'], container: 'matroska' },
  g726: { rate: 8000, options: ['-c:a', 'g726', '-b:a', '32k'], container: 'wav' },
  speex: { rate: 8000, options: ['-c:a', 'libspeex', '-b:a', '8k'], container: 'ogg' },
  narrow: { rate: 8000, options: ['-c:a', 'pcm_s16le'], container: 'wav' },
  opus: {
    rate: 16_000,
    options: ['-c:a', 'libopus', '-b:a', '8k', '-application', 'voip'],
    container: 'ogg',
  },
  mp3at16: { rate: 16_000, options: ['-c:a', 'libmp3lame', '-b:a', '16k'], container: 'mp3' },
  mp3at32: { rate: 16_000, options: ['-c:a', 'libmp3lame', '-b:a', '32k'], container: 'mp3' },
  aac: { rate: 16_000, options: ['-c:a', 'aac', '-b:a', '16k'], container: 'adts' },
} as const;
export type CodecName = keyof typeof CODECS;

const BAND = { do: 'band', lowHz: 300, highHz: 3400 } as const;
const codec = (name: CodecName): Degradation => ({ do: 'codec', codec: name });
const noise = (name: NoiseName, snrDb: number): Degradation => ({ do: 'noise', noise: name, snrDb });
const room = (t60Seconds: number, directDb: number): Degradation => ({ do: 'room', t60Seconds, directDb });
const gain = (db: number): Degradation => ({ do: 'gain', db });

/** Those whose means come with CAM++ (`conditions.npz`), and some that nothing was fitted on (from `tel-g726` on). */
export const CONDITIONS = {
  clean: [],
  'tel-mulaw': [BAND, codec('mulaw')],
  'tel-gsm': [BAND, codec('gsm')],
  'tel-g723': [BAND, codec('g723')],
  'tel-speex': [BAND, codec('speex')],
  'tel-noise10': [noise('pink', 10), BAND, codec('mulaw')],
  'nb-8k': [codec('narrow')],
  mixed: [{ do: 'mixed', telephone: 'tel-mulaw' }],
  'mixed-gsm': [{ do: 'mixed', telephone: 'tel-gsm' }],
  opus8: [codec('opus')],
  'mp3-16': [codec('mp3at16')],
  'mp3-32': [codec('mp3at32')],
  rev03: [room(0.3, 6)],
  rev06: [room(0.6, 2)],
  rev10: [room(1, 0)],
  'rev06-late': [room(0.6, -4)],
  far: [room(0.5, -2), noise('pink', 15), gain(-25)],
  'far-babble': [room(0.7, -3), noise('babble', 10), gain(-25)],
  white20: [noise('white', 20)],
  white10: [noise('white', 10)],
  white5: [noise('white', 5)],
  pink20: [noise('pink', 20)],
  pink10: [noise('pink', 10)],
  pink5: [noise('pink', 5)],
  babble20: [noise('babble', 20)],
  babble10: [noise('babble', 10)],
  babble5: [noise('babble', 5)],
  hum10: [noise('hum', 10)],
  clip: [{ do: 'clip', overDb: 18 }],
  'level-30': [gain(-30)],
  'level-45': [gain(-45)],
  'tel-g726': [BAND, codec('g726')],
  aac16: [codec('aac')],
  'gsm-opus': [BAND, codec('gsm'), codec('opus')],
  'tel-rev06': [room(0.6, 2), BAND, codec('mulaw')],
  'half-phone': [{ do: 'half', telephone: 'tel-mulaw' }],
  music10: [noise('music', 10)],
} as const satisfies Readonly<Record<string, readonly Degradation[]>>;

export type ConditionName = keyof typeof CONDITIONS;
