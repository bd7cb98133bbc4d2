import type { FileHandle } from 'node:fs/promises';
import type { AudioWarning } from './audio-warning.ts';
import type { ByteReader } from './byte-reader.ts';
import type { AudioLimits } from './limits.ts';
import type { PcmStream } from './pcm-stream.ts';
import type { AudioContainer } from './container/audio-container.ts';

/** Audio that is no plain WAV: an open file, or a stream whose first bytes were only looked at. */
export type EncodedAudio = { readonly name: string; readonly container: AudioContainer | undefined } & (
  | { readonly kind: 'file'; readonly handle: FileHandle; readonly sizeBytes: number }
  | { readonly kind: 'stream'; readonly reader: ByteReader }
);

export type DecodeOptions = {
  readonly limits: AudioLimits;
  /** Where a temporary copy may be made when a stream needs seeking. */
  readonly temporaryFolder: string;
  /** Which audio track, counted from 0. @default the default track, else the first */
  readonly audioTrack?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((warning: AudioWarning) => void) | undefined;
};

/**
 * The one seam to whatever decodes compressed audio.
 *
 * Contract: samples come out at the rate and with the channels of the source; `limits` hold; the returned stream
 * gives back all that the decoder started; the caller keeps and closes what it passed in.
 */
export type AudioDecoder = {
  readonly name: string;
  /** @throws SpeechError `unsupported_audio`, `corrupt_audio`, `dependency_missing`, `canceled` … */
  readonly open: (audio: EncodedAudio, options: DecodeOptions) => Promise<PcmStream>;
};
