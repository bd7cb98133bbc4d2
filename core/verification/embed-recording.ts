/** From a recording to the vector of the voice in it: speech only, of any length, in bounded memory. */
import { SpeechRaiser } from '../audio/level/quiet-speech.ts';
import type { AudioBlocks } from '../audio/waveform.ts';
import type { EmbeddedSpeech, UtteranceEncoder } from '../embedding/utterance-encoder.ts';
import type { ResultWarning } from '../result/result.ts';
import { InvalidInputError, throwIfAborted } from '../errors.ts';
import { euclideanNorm } from '../math/vector.ts';
import { SAMPLE_RATE, samplesToSeconds, secondsToSamples } from '../timeline/sliding-window.ts';
import type { Segment } from '../timeline/turns.ts';
import { RecentAudio, type SpeechLabeler } from './speech/labeled-audio.ts';
import { SpeechJoiner, type SpeechStretch } from './speech/speech-stretches.ts';
import { cutRange, type TimeRange } from '../audio/time-range.ts';
import {
  DEFAULT_QUALITY_LIMITS,
  type QualityLimits,
  QualityMeter,
  LEAST_SPEECH_SECONDS,
  refusePoorQuality,
  requireSpeech,
  completeQualityLimits,
} from './speech/voice-quality.ts';
import type { VoiceQuality } from '../result/voice-terms.ts';

/** How the voice in a recording becomes a vector. */
export type EmbedRecordingOptions = {
  /** @default the whole recording */
  readonly range?: TimeRange | undefined;
  /** Unit length; otherwise the mean of the network's windows as it is. @default true */
  readonly normalize: boolean;
  /** What the sample must be like. @default `DEFAULT_QUALITY_LIMITS` */
  readonly limits: Partial<QualityLimits>;
  /**
   * What happens to a sample with reasons: an error, or a vector all the same (0.1 s of speech at least).
   *
   * @default 'refuse'
   */
  readonly poorQuality: 'refuse' | 'report';
};

/** The whole recording, unit length, samples of poor quality refused. */
export const DEFAULT_EMBED_RECORDING_OPTIONS: EmbedRecordingOptions = Object.freeze({
  normalize: true,
  limits: {},
  poorQuality: 'refuse',
});

/** One window that the network heard. */
export type WindowEmbedding = Segment & { readonly embedding: Float32Array };

/** The voice in a recording as a vector, and how good the recording is. */
export type RecordingEmbedding = {
  readonly embedding: Float32Array;
  readonly quality: VoiceQuality;
  /** By time; each as long as the network's windows are, of unit length where `normalize`. */
  readonly windows: readonly WindowEmbedding[];
  /** Of what was heard: the range, where there is one. */
  readonly embeddedSeconds: number;
  /** That quiet speech was raised, where it was. */
  readonly warnings: readonly ResultWarning[];
};

export type EmbedContext = {
  readonly signal?: AbortSignal | undefined;
  /** Called with the seconds of audio heard so far. */
  readonly onProgress?: ((seconds: number) => void) | undefined;
};

/** Stretches that are embedded while the next one is being heard. */
const STRETCHES_IN_FLIGHT = 2;

/**
 * Embeds the speech of a recording or of a range of it.
 *
 * The speech is joined; the vector is the mean of the encoder's vectors of its stretches, weighted by their length. Up
 * to one and a half stretches (a minute with GE2E) it is the encoder's own vector of all speech at once.
 *
 * @throws InvalidInputError `insufficient_speech`, `poor_quality`; `invalid_option` for a range outside the recording
 * @throws ModelError, CanceledError
 */
export async function embedRecording(
  blocks: AudioBlocks,
  models: { readonly encoder: UtteranceEncoder; readonly labeler: SpeechLabeler },
  options: Partial<EmbedRecordingOptions> = {},
  context: EmbedContext = {},
): Promise<RecordingEmbedding> {
  const { range, normalize, limits: given, poorQuality } = { ...DEFAULT_EMBED_RECORDING_OPTIONS, ...options };
  const limits = completeQualityLimits(given, DEFAULT_QUALITY_LIMITS);
  const meter = new QualityMeter();
  const speech = new SpeechEmbedder(models.encoder, range?.startSeconds ?? 0);
  const heard = range === undefined ? blocks : cutRange(blocks, range, SAMPLE_RATE);
  // Networks hear quiet speech raised; its quality is that of the recording as it came.
  const raiser = new SpeechRaiser();
  const asItCame = new RecentAudio();
  let heardSamples = 0;
  for await (const piece of models.labeler(raiser.raise(keptIn(asItCame, heard)), context.signal)) {
    throwIfAborted(context.signal);
    meter.push({ ...piece, samples: asItCame.takeUntil(piece.startSample + piece.samples.length) });
    heardSamples = piece.startSample + piece.samples.length;
    context.onProgress?.(samplesToSeconds(heardSamples));
    if (piece.label === 'speech') await speech.push(piece.samples, piece.startSample);
  }
  const quality = meter.judge(limits);
  if (poorQuality === 'refuse') refusePoorQuality(quality, limits);
  else requireSpeech(quality, LEAST_SPEECH_SECONDS);
  const { mean, windows } = await speech.finish();
  return {
    embedding: normalize ? unit(mean) : Float32Array.from(mean),
    quality,
    windows: windows.map(({ embedding, ...span }) => ({
      ...span,
      embedding: normalize ? unit(embedding) : embedding,
    })),
    embeddedSeconds: samplesToSeconds(heardSamples),
    warnings: raiser.warnings,
  };
}

async function* keptIn(recent: RecentAudio, blocks: AudioBlocks): AsyncGenerator<Float32Array> {
  for await (const block of blocks) {
    recent.push(block);
    yield block;
  }
}

type EmbeddedStretch = { readonly stretch: SpeechStretch; readonly embedded: Promise<EmbeddedSpeech> };

/** Sends stretches to the encoder as they are complete, and adds up what comes back. */
class SpeechEmbedder {
  readonly #encoder: UtteranceEncoder;
  readonly #joiner: SpeechJoiner;
  readonly #offsetSamples: number;
  readonly #running: EmbeddedStretch[] = [];
  readonly #sum: Float64Array;
  #sampleCount = 0;
  readonly #windows: WindowEmbedding[] = [];

  /** @param offsetSeconds of the first sample in the recording */
  constructor(encoder: UtteranceEncoder, offsetSeconds: number) {
    this.#encoder = encoder;
    this.#joiner = new SpeechJoiner(encoder.stretchSamples);
    this.#offsetSamples = secondsToSamples(offsetSeconds);
    this.#sum = new Float64Array(encoder.dimension);
  }

  async push(samples: Float32Array, startSample: number): Promise<void> {
    for (const stretch of this.#joiner.push(samples, this.#offsetSamples + startSample)) {
      this.#start(stretch);
      if (this.#running.length > STRETCHES_IN_FLIGHT) await this.#collect();
    }
  }

  async finish(): Promise<{ readonly mean: Float64Array; readonly windows: WindowEmbedding[] }> {
    const last = this.#joiner.finish();
    if (last !== undefined) this.#start(last);
    while (this.#running.length > 0) await this.#collect();
    return { mean: this.#sum.map((value) => value / this.#sampleCount), windows: this.#windows };
  }

  #start(stretch: SpeechStretch): void {
    const embedded = this.#encoder.embed(stretch.samples);
    // Met when it is collected; a job that ends before must not end the process.
    embedded.catch(() => undefined);
    this.#running.push({ stretch, embedded });
  }

  async #collect(): Promise<void> {
    const { stretch, embedded } = this.#running.shift()!;
    const { mean, windows } = await embedded;
    const weight = stretch.samples.length;
    for (let index = 0; index < mean.length; index++) this.#sum[index]! += weight * mean[index]!;
    this.#sampleCount += weight;
    for (const { startSample, endSample, vector } of windows) {
      this.#windows.push({ ...stretch.spanOf(startSample, endSample), embedding: vector });
    }
  }
}

function unit(vector: ArrayLike<number>): Float32Array {
  const norm = euclideanNorm(vector);
  if (norm > 0) return Float32Array.from(vector, (value) => value / norm);
  throw new InvalidInputError(
    'poor_quality',
    'The encoder heard nothing in this sample: its vector is zero. Record another one.',
  );
}
