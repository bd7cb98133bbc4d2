import { tmpdir } from 'node:os';
import { basename } from 'node:path';
import { InvalidInputError } from '../errors.ts';
import type { AudioDecoder } from './audio-decoder.ts';
import { fileChunks, openAudioFile } from './audio-file.ts';
import type { AudioWarning } from './audio-warning.ts';
import { ByteReader } from './byte-reader.ts';
import { createFfmpegDecoder } from './ffmpeg/ffmpeg.ts';
import { type AudioLimits, completeAudioLimits } from './limits.ts';
import type { PcmStream } from './pcm-stream.ts';
import { samplesStream } from './samples-stream.ts';
import { describeText } from './container/describe-text.ts';
import { SNIFF_BYTES, sniffContainer, tagBytes } from './container/sniff.ts';
import { readWav } from './wav/wav.ts';
import { isPlainWavFormatTag, peekWavFormatTag } from './wav/wav-format.ts';

/**
 * Where audio comes from: a regular file, a stream of bytes in any format (standard input, an upload), or mono
 * samples that are decoded already.
 */
export type LocalAudio =
  | { readonly path: string; readonly name?: string }
  | { readonly stream: AsyncIterable<Uint8Array>; readonly name?: string }
  | { readonly samples: Float32Array; readonly sampleRate: number; readonly name?: string };

/** How audio is opened. */
export type OpenPcmOptions = {
  /** What the audio may ask of this machine. @default `DEFAULT_AUDIO_LIMITS` */
  readonly limits?: Partial<AudioLimits> | undefined;
  /** Stops both. @default opening and reading go on to their end */
  readonly signal?: AbortSignal | undefined;
  /** Told of damage that was read over. @default nobody is told */
  readonly onWarning?: ((warning: AudioWarning) => void) | undefined;
  /** Which audio track, counted from 0. @default the default track, else the first */
  readonly audioTrack?: number | undefined;
  /** What decodes all but plain WAV. @default ffmpeg */
  readonly decoder?: AudioDecoder | undefined;
  /** @default the folder of the system for temporary files */
  readonly temporaryFolder?: string | undefined;
};

const DEFAULT_DECODER = createFfmpegDecoder();

/** Longest name of an input in a message. */
const MAX_NAME_CHARACTERS = 80;

/** What messages call an input: its file name without folders and control characters. */
export function inputName(input: LocalAudio): string {
  const name = input.name ?? ('path' in input ? basename(input.path) : 'The audio');
  return name.replace(/\p{Cc}/gu, '?').slice(0, MAX_NAME_CHARACTERS);
}

/**
 * Opens audio at its own rate, with its own channels. The content decides what it is, never the name.
 *
 * @throws SpeechError see `openAudio`
 */
export async function openPcm(input: LocalAudio, options: OpenPcmOptions): Promise<PcmStream> {
  const name = inputName(input);
  const limits = completeAudioLimits(options.limits);
  if ('samples' in input)
    return samplesStream(input.samples, input.sampleRate, { name, limits, signal: options.signal });
  if ('stream' in input) {
    const reader = new ByteReader(input.stream, options.signal);
    return openBytes(reader, undefined, name, limits, options, () => reader.close());
  }
  const file = await openAudioFile(input.path, name);
  const reader = new ByteReader(fileChunks(file.handle, name), options.signal);
  return openBytes(reader, file, name, limits, options, async () => {
    await reader.close();
    await file.handle.close();
  });
}

async function openBytes(
  reader: ByteReader,
  file: Awaited<ReturnType<typeof openAudioFile>> | undefined,
  name: string,
  limits: AudioLimits,
  options: OpenPcmOptions,
  closeInput: () => Promise<void>,
): Promise<PcmStream> {
  const { signal, onWarning, audioTrack, decoder = DEFAULT_DECODER, temporaryFolder = tmpdir() } = options;
  try {
    const prefix = await peekPrefix(reader);
    const container = recognise(prefix, name);
    let pcm: PcmStream;
    if (container === 'wav' && isReadByUs(prefix)) {
      refuseTrack(name, audioTrack);
      pcm = await readWav(reader, { name, limits, signal, onWarning, sizeBytes: file?.sizeBytes });
    } else {
      const audio =
        file === undefined ? { kind: 'stream' as const, reader } : { kind: 'file' as const, ...file };
      pcm = await decoder.open(
        { ...audio, name, container },
        { limits, signal, onWarning, audioTrack, temporaryFolder },
      );
    }
    const close = async (): Promise<void> => {
      await pcm.close();
      await closeInput();
    };
    return { ...pcm, close };
  } catch (error) {
    await closeInput();
    throw error;
  }
}

/** A WAV file is one track. */
function refuseTrack(name: string, audioTrack: number | undefined): void {
  if (audioTrack === undefined || audioTrack === 0) return;
  throw new InvalidInputError(
    'invalid_option',
    `${name} has only audio track 0; track ${audioTrack} was asked for.`,
    { details: { audioTracks: 1 } },
  );
}

/** Largest tag that is looked behind. */
const MAX_TAG_BYTES = 2 ** 20;

/** Enough to recognise a file, also behind a tag. */
async function peekPrefix(reader: ByteReader): Promise<Uint8Array> {
  const prefix = await reader.peek(SNIFF_BYTES);
  const tag = tagBytes(prefix);
  return tag === 0 || tag > MAX_TAG_BYTES ? prefix : reader.peek(tag + SNIFF_BYTES);
}

/** The container, as far as known; refuses what is no audio without troubling a decoder. */
function recognise(prefix: Uint8Array, name: string): ReturnType<typeof sniffContainer> {
  if (prefix.length === 0) {
    throw new InvalidInputError('unsupported_audio', `${name} is empty; expected a recording.`);
  }
  const container = sniffContainer(prefix);
  const text = container === undefined ? describeText(prefix) : undefined;
  if (text !== undefined) {
    throw new InvalidInputError('unsupported_audio', `${name} is ${text}; expected a recording.`);
  }
  return container;
}

/** WAV whose start names a codec that is not ours (ADPCM, MP3 in WAV) goes to the decoder. */
function isReadByUs(prefix: Uint8Array): boolean {
  const tag = peekWavFormatTag(prefix);
  return tag === undefined || isPlainWavFormatTag(tag);
}
