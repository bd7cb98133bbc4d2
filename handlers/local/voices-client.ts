import { isSpeechError } from '../../core/errors.ts';
import { QUALITY_REASONS } from '../../core/result/voice-terms.ts';
import { ENROLLMENT_QUALITY_LIMITS } from '../../core/verification/speech/voice-quality.ts';
import { VoiceScorer } from '../../core/verification/scores/voice-scorer.ts';
import type { EnrolledVoice } from '../../core/verification/voices/voice.ts';
import type { VoiceStore } from '../../core/verification/voices/voice-store.ts';
import type { ModelStore } from '../../models/store.ts';
import type { AudioInput } from '../../sdk/audio/audio-input.ts';
import type { CallOptions } from '../../sdk/client/task-call.ts';
import { NotFoundError } from '../../sdk/errors/errors.ts';
import { withinLimits } from '../../sdk/limits.ts';
import type { EmbedResult, Voice } from '../../sdk/wire.ts';
import { checkEnrollment, enrollVoice } from '../work/speakers/enroll-voice.ts';
import { scoringModel } from '../work/speakers/speaker-setup.ts';
import type { EnrollCallOptions, EnrollResult, LocalVoices } from './local-colloquy.ts';
import { withLocalErrors } from './local-errors.ts';

/** What enrolment works with. */
export type VoicesClientOptions = {
  readonly store: VoiceStore;
  readonly models: ModelStore;
  readonly embed: (audio: AudioInput, options: CallOptions<'embed'>) => Promise<EmbedResult>;
};

/** Voices of a folder, in the form that tasks take. */
export class VoicesClient implements LocalVoices {
  readonly #options: VoicesClientOptions;

  constructor(options: VoicesClientOptions) {
    this.#options = options;
  }

  enroll(
    name: string,
    recordings: AudioInput | readonly AudioInput[],
    options: EnrollCallOptions = {},
  ): Promise<EnrollResult> {
    const { signal, timeoutMs, onProgress, threshold, replace, ...sample } = options;
    const all = isList(recordings) ? recordings : [recordings];
    const { store, models, embed } = this.#options;
    return withinLimits({ signal, timeoutMs }, (running) =>
      withLocalErrors(async () => {
        const scorer = new VoiceScorer(await scoringModel(models, sample.model));
        await checkEnrollment(store, name, scorer, { replace });
        const limits = { ...ENROLLMENT_QUALITY_LIMITS, ...sample.qualityLimits };
        const embedded: EmbedResult[] = [];
        for (const [index, audio] of all.entries()) {
          const result = await embed(audio, {
            ...sample,
            qualityLimits: limits,
            signal: running,
            onProgress: onProgress && ((progress) => onProgress({ ...progress, index })),
          });
          embedded.push(result);
        }
        const samples = embedded.map(({ embedding, quality }) => ({
          vector: Float32Array.from(embedding),
          quality: { ...quality, reasons: QUALITY_REASONS.filter((one) => quality.reasons.includes(one)) },
        }));
        const { voice, refused } = await enrollVoice(store, name, samples, scorer, { threshold, replace });
        return {
          voice: wireVoice(voice),
          sampleCount: voice.samples.length,
          samples: embedded.map(({ quality }, index) => ({
            accepted: !refused.some((one) => one.index === index),
            quality,
          })),
        };
      }),
    );
  }

  async list(): Promise<Voice[]> {
    const { store } = this.#options;
    const voices = await withLocalErrors(() => store.list().catch(ifMissing));
    return voices.map(wireVoice);
  }

  async get(name: string): Promise<Voice> {
    const voice = await withLocalErrors(() => this.#options.store.find(name));
    if (voice !== undefined) return wireVoice(voice);
    throw new NotFoundError(
      'not_found',
      `There is no voice ${JSON.stringify(name.slice(0, 128))}; enrol it.`,
    );
  }

  remove(name: string): Promise<boolean> {
    return withLocalErrors(() => this.#options.store.remove(name));
  }
}

function wireVoice({ name, space, vector }: EnrolledVoice): Voice {
  return { name, space, embedding: Array.from(vector) };
}

/** Nobody has enrolled anybody yet. */
function ifMissing(error: unknown): EnrolledVoice[] {
  if (isSpeechError(error) && error.code === 'file_not_found') return [];
  throw error;
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}
