import { LogMel, WHISPER_CHUNK_SAMPLES } from '../../../dsp/log-mel.ts';
import { throwIfAborted } from '../../../errors.ts';
import { type Session, sharedFloat32, type Tensor } from '../../../inference/session.ts';
import { SAMPLE_RATE } from '../../../timeline/sliding-window.ts';
import type { FoundLanguage, LanguageFinder } from '../../recogniser.ts';
import { likeliestLanguage } from '../decode/detect-language.ts';
import { tokenTensor } from '../decode/forms/decoder-tensors.ts';
import type { WhisperConfig } from '../whisper-config.ts';

/** What is listened to first. */
const SHORT_SAMPLES = 10 * SAMPLE_RATE;
/** A short sound from several places: where people greet each other, or a jingle plays, says little. */
const PLACES = 3;
/** Below, all of the sound is listened to. */
const SURE_PROBABILITY = 0.7;

/** Graphs of one model, see `open-language-finder.ts`. */
export type LanguageGraphs = {
  /** Takes any even number of mel frames. */
  readonly encoder: Session;
  /** Takes hidden states and the first tokens, without any past. */
  readonly decoder: Session;
};

/**
 * Finds out the language of a sound by 10 s of it, or by all of it where these are not clear.
 *
 * @see openai-whisper `decoding.detect_language`, which always takes 30 s
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
    const found = await this.#listen(shortened(sound), SHORT_SAMPLES, signal);
    if (found.probability >= SURE_PROBABILITY || sound.length <= SHORT_SAMPLES) return found;
    return this.#listen(sound, WHISPER_CHUNK_SAMPLES, signal);
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

/** Equal parts from the beginning to the end, as long together as what is listened to first. */
function shortened(sound: Float32Array): Float32Array {
  if (sound.length <= SHORT_SAMPLES) return sound;
  const partSamples = Math.floor(SHORT_SAMPLES / PLACES);
  const short = new Float32Array(partSamples * PLACES);
  for (let place = 0; place < PLACES; place++) {
    const start = Math.round(((sound.length - partSamples) * place) / (PLACES - 1));
    short.set(sound.subarray(start, start + partSamples), place * partSamples);
  }
  return short;
}
