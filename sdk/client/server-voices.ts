import { formAudio } from '../audio/form-audio.ts';
import type { AudioInput } from '../audio/audio-input.ts';
import {
  enrolledVoiceSchema,
  enrollReplySchema,
  voiceListSchema,
} from '../contract/results/enrolled-voice.ts';
import { InvalidRequestError, ServiceError } from '../errors/errors.ts';
import type { CallLimits } from '../limits.ts';
import type { EmbedOptions, StoredVoice, EnrollReply, Voice, VerifyOptions } from '../wire.ts';
import type { CompleteOptions } from './client-options.ts';
import { askServer, requireServer } from './server-request.ts';

/** How samples become a voice of a server. */
export type ServerEnrollOptions = CallLimits &
  Pick<
    EmbedOptions,
    'model' | 'speech' | 'qualityLimits' | 'acceptPoorQuality' | 'channel' | 'audioTrack' | 'range'
  > &
  Pick<VerifyOptions, 'threshold'> & {
    /** Forgets what the voice was made of before. @default false */
    readonly replace?: boolean;
  };

/**
 * Voices that a Colloquy server keeps, as `client.voices`. A voice is biometric data: the key needs the scope `voices`.
 *
 * @example
 * await client.voices.enroll('Ana', ['ana-1.wav', 'ana-2.wav']);
 * const { sameSpeaker } = await client.verify('call.wav', { voice: await client.voices.get('Ana') });
 */
export class ServerVoices {
  readonly #options: CompleteOptions;

  /** Made by the client. */
  constructor(options: CompleteOptions) {
    this.#options = options;
  }

  /** All voices, without their vectors. */
  async list(limits: CallLimits = {}): Promise<readonly StoredVoice[]> {
    const reply = await this.#ask({ method: 'GET', path: '/v1/voices' }, limits);
    return parsed(voiceListSchema.safeParse(reply)).voices;
  }

  /** A voice with its vector, as jobs take it. @throws NotFoundError */
  async get(name: string, limits: CallLimits = {}): Promise<Voice> {
    const path = `${pathOf(name)}?include=embedding`;
    const reply = await this.#ask({ method: 'GET', path }, limits);
    const voice = parsed(enrolledVoiceSchema.safeParse(reply));
    const { space, embedding, speechSeconds } = voice;
    if (embedding === undefined) throw malformed();
    return { name: voice.name, space, embedding, ...(speechSeconds > 0 ? { speechSeconds } : {}) };
  }

  /**
   * Makes a voice of samples of one person, or adds them to one.
   *
   * @returns the voice, and what became of each sample
   * @throws InvalidRequestError where no sample is usable, or they are of several people
   */
  async enroll(
    name: string,
    samples: AudioInput | readonly AudioInput[],
    { signal, timeoutMs, ...options }: ServerEnrollOptions = {},
  ): Promise<EnrollReply> {
    const inputs = Array.isArray(samples) ? (samples as readonly AudioInput[]) : [samples as AudioInput];
    const { files, sources, dispose } = await formAudio(inputs, signal ?? new AbortController().signal);
    try {
      if (files.length !== sources.length) {
        throw new InvalidRequestError(
          'invalid_option',
          'Samples of voices are sent as files, not as addresses.',
        );
      }
      const form = new FormData();
      for (const [field, value] of Object.entries(options))
        form.append(field, typeof value === 'string' ? value : JSON.stringify(value));
      for (const { blob, name: file } of files) form.append('file', blob, file);
      const limits = { signal, timeoutMs };
      const reply = await this.#ask({ method: 'PUT', path: pathOf(name), body: form }, limits);
      return parsed(enrollReplySchema.safeParse(reply));
    } finally {
      await dispose();
    }
  }

  /** Deletes a voice for good. @throws NotFoundError */
  async remove(name: string, limits: CallLimits = {}): Promise<void> {
    await this.#ask({ method: 'DELETE', path: pathOf(name) }, limits);
  }

  #ask(request: Parameters<typeof askServer>[1], limits: CallLimits): Promise<unknown> {
    requireServer(this.#options, 'Voices');
    return askServer(this.#options, request, limits);
  }
}

function pathOf(name: string): string {
  return `/v1/voices/${encodeURIComponent(name)}`;
}

type Parsed<T> = { readonly success: true; readonly data: T } | { readonly success: false };

/** @throws ServiceError */
export function parsed<T>(result: Parsed<T>): T {
  if (result.success) return result.data;
  throw malformed();
}

function malformed(): ServiceError {
  return new ServiceError('remote_failed', 'The server sent something that is no reply.');
}
