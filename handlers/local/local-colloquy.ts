/** What a program sees of Colloquy on this machine. */
import type { RecordingPart } from '../../core/observation/recording-part.ts';
import type { ResultWarning } from '../../core/result/result.ts';
import type { AudioInput } from '../../sdk/audio/audio-input.ts';
import type { WaitOptions } from '../../sdk/client/job.ts';
import type { Diarization } from '../../sdk/client/results.ts';
import type { CallOptions } from '../../sdk/client/task-call.ts';
import type { SpeechClient } from '../../sdk/client/task-client.ts';
import type { CallLimits } from '../../sdk/limits.ts';
import type { DiarizeOptions, EmbedOptions, EmbedResult, IdentifyOptions, Voice } from '../../sdk/wire.ts';

/**
 * Colloquy on this machine: the same calls, options, results and errors as `Colloquy`, the client of a service, and
 * what needs a disk besides. Made by `openColloquy`.
 */
export type LocalColloquy = SpeechClient & {
  /** Voices that are enrolled on this machine: biometric data. */
  readonly voices: LocalVoices;

  /**
   * As `diarize`, and keeps what the models saw in a file, which `resolve` clusters anew in milliseconds.
   *
   * @param file is written whole or not at all; it holds biometric data
   * @throws what `diarize` throws; JobFailedError `output_not_writable`
   */
  observe(audio: AudioInput, file: string, options?: CallOptions<'diarize'>): Promise<Diarization>;

  /**
   * Keeps what the models see in a part of a long recording, so that several machines can share it: `resolve` with the
   * files of all parts gives what `diarize` gives for the whole. A part hears a minute more before and 40 s after it.
   *
   * @param file is written whole or not at all; it holds biometric data
   * @param part seconds from the start of the recording, whole ones; without an end, up to the end
   * @throws what `diarize` throws; JobFailedError `output_not_writable`
   */
  observePart(
    audio: AudioInput,
    file: string,
    part: RecordingPart,
    options?: ObservePartOptions,
  ): Promise<ObservedPart>;

  /**
   * Clusters anew what `observe` kept, with another number of speakers for instance; no model runs.
   *
   * @param observations a file that `observe` or `colloquy diarize --save-observations` wrote, or its bytes; all parts of
   *   a recording, in any order
   * @throws JobFailedError `file_not_found`, `file_not_readable`, `invalid_file`, `invalid_option`; CanceledError
   */
  resolve(
    observations: string | Uint8Array | readonly (string | Uint8Array)[],
    options?: ResolveCallOptions,
  ): Promise<Diarization>;

  /** Ends what runs and what waits, and frees the models. Nothing works afterwards. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Options of `observePart`: the preset, and what of the recording is heard. */
export type ObservePartOptions = CallLimits & Pick<DiarizeOptions, 'preset' | 'channel' | 'audioTrack'>;

/** What became of a part. */
export type ObservedPart = {
  /** From the start of the recording to the end of what was heard. */
  readonly heardSeconds: number;
  /** The recording ends with this part. */
  readonly isLast: boolean;
  readonly warnings: readonly ResultWarning[];
};

/** Options of `resolve`: bounds on speakers, and the preset whose settings count. */
export type ResolveCallOptions = CallLimits &
  Pick<DiarizeOptions, 'preset' | 'numSpeakers' | 'minSpeakers' | 'maxSpeakers' | 'minDurationSeconds'>;

/**
 * A folder of voices on this machine: biometric data of people who agreed to it. What it gives is what `verify`,
 * `identify` and `diarize` take, near and far.
 *
 * @example
 * await colloquy.voices.enroll('Ana', ['ana-1.wav', 'ana-2.wav']);
 * const { voice } = await colloquy.identify('call.wav', { voices: await colloquy.voices.list() });
 */
export type LocalVoices = {
  /**
   * Learns a voice from recordings of one person, or adds to one that is known.
   *
   * @throws JobFailedError `insufficient_speech`, `poor_quality`, `embedding_space_mismatch`, `output_not_writable`;
   *   what `embed` throws. Nothing is written then
   */
  enroll(
    name: string,
    recordings: AudioInput | readonly AudioInput[],
    options?: EnrollCallOptions,
  ): Promise<EnrollResult>;

  /**
   * All voices, by name; none where there is no folder yet.
   *
   * @throws JobFailedError `invalid_file`, `file_not_readable`
   */
  list(): Promise<Voice[]>;

  /**
   * The voice of that name.
   *
   * @throws NotFoundError `not_found`; JobFailedError `invalid_file`
   */
  get(name: string): Promise<Voice>;

  /**
   * Deletes a voice for good: its bytes are overwritten.
   *
   * @returns false where there was none
   */
  remove(name: string): Promise<boolean>;
};

/** Options of `enroll`: how recordings become vectors, and which of them belong together. */
export type EnrollCallOptions = WaitOptions &
  Pick<EmbedOptions, 'model' | 'speech' | 'qualityLimits' | 'acceptPoorQuality' | 'audioTrack' | 'channel'> &
  Pick<IdentifyOptions, 'threshold'> & {
    /**
     * Forgets what the voice was made of before.
     *
     * @default false
     */
    readonly replace?: boolean;
  };

/** A recording that was to become part of a voice. */
export type EnrolledSample = {
  /** False where it does not match the others and was left out. */
  readonly accepted: boolean;
  readonly quality: EmbedResult['quality'];
};

/** A voice as it is after enrolment, and what became of the recordings. */
export type EnrollResult = {
  readonly voice: Voice;
  /** Samples that the voice is made of now. */
  readonly sampleCount: number;
  /** In the order of the recordings. */
  readonly samples: readonly EnrolledSample[];
};
