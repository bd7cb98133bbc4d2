import { LogMel, WHISPER_CHUNK_SAMPLES } from '../../../dsp/log-mel.ts';
import { throwIfAborted } from '../../../errors.ts';
import { type Session, sharedFloat32, type Tensor } from '../../../inference/session.ts';
import { SAMPLE_RATE } from '../../../timeline/sliding-window.ts';
import type { FoundLanguage, LanguageFinder } from '../../recogniser.ts';
import { likeliestLanguage } from '../decode/detect-language.ts';
import { tokenTensor } from '../decode/forms/decoder-tensors.ts';
import type { WhisperConfig } from '../whisper-config.ts';

/** What is listened to at once before all of it is: the beginning and the end. */
const PART_SAMPLES = 10 * SAMPLE_RATE;
/** Parts that agree are believed where one of them reaches this. */
const SURE_PROBABILITY = 0.7;
/** Above, a part that sounds otherwise than the whole is in another language, and no slip. */
const CLEAR_PROBABILITY = 0.8;

/** Graphs of one model, see `open-language-finder.ts`. */
export type LanguageGraphs = {
  /** Takes any even number of mel frames. */
  readonly encoder: Session;
  /** Takes hidden states and the first tokens, without any past. */
  readonly decoder: Session;
};

/**
 * Finds out the language of a sound by 10 s of its beginning and 10 s of its end, where these agree; else by all of it, and
 * tells of a part that is clearly in another one.
 *
 * @see openai-whisper `decoding.detect_language`, which always takes the first 30 s
 */
export class WhisperLanguageFinder implements LanguageFinder {
  readonly #graphs: LanguageGraphs;
  readonly #mel: LogMel;
  readonly #languages: ReadonlyMap<string, number>;
  readonly #start: number;

  /** @param startOfTranscript the token that every transcript begins with */
  constructor(graphs: LanguageGraphs, config: WhisperConfig, startOfTranscript: number) {
    this.#graphs = graphs;
    this.#mel = new LogMel(config.melCount);
    this.#languages = config.languages;
    this.#start = startOfTranscript;
  }

  async findLanguage(sound: Float32Array, signal?: AbortSignal): Promise<FoundLanguage> {
    const first = await this.#listen(sound.subarray(0, PART_SAMPLES), PART_SAMPLES, signal);
    if (sound.length <= PART_SAMPLES) return first;
    const last = await this.#listen(sound.subarray(-PART_SAMPLES), PART_SAMPLES, signal);
    const surer = last.probability > first.probability ? last : first;
    if (first.language === last.language && surer.probability >= SURE_PROBABILITY) return surer;
    const whole = await this.#listen(sound, WHISPER_CHUNK_SAMPLES, signal);
    const others = [first, last].filter(
      ({ language, probability }) => probability >= CLEAR_PROBABILITY && language !== whole.language,
    );
    if (others.length === 0) return whole;
    return { ...whole, others: [...new Set(others.map(({ language }) => language))] };
  }

  async release(): Promise<void> {
    await Promise.all([this.#graphs.encoder.release(), this.#graphs.decoder.release()]);
  }

  /** @param windowSamples silence fills the sound up to so many */
  async #listen(sound: Float32Array, windowSamples: number, signal?: AbortSignal): Promise<FoundLanguage> {
    throwIfAborted(signal);
    const frameCount = this.#mel.frameCountOf(windowSamples);
    const features = sharedFloat32(frameCount * this.#mel.melCount);
    this.#mel.compute(sound.subarray(0, windowSamples), windowSamples, features);
    const { encoder, decoder } = this.#graphs;
    const { last_hidden_state: hidden } = await encoder.run({
      input_features: { data: features, dims: [1, this.#mel.melCount, frameCount] },
    });
    throwIfAborted(signal);
    const { logits } = await decoder.run({
      input_ids: tokenTensor([[this.#start]]),
      encoder_hidden_states: hidden!,
    });
    return likeliestLanguage((logits as Tensor<Float32Array>).data, this.#languages)!;
  }
}
