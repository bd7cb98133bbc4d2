import { ModelError, throwIfAborted } from '../../errors.ts';
import type { Session } from '../../inference/session.ts';
import type { Matrix } from '../../math/matrix.ts';
import { spacingIn } from '../../text/join-words.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';
import type { RecognisedSegment, RecognisedWord } from '../recogniser.ts';
import { type AlignedSentence, alignText, DEFAULT_ALIGN_TEXT_OPTIONS } from './align-text.ts';
import type { Aligner, Alignment, AlignOptions } from './aligner.ts';
import type { CtcDictionary } from './ctc-dictionary.ts';
import { largestOf } from '../../math/extremes.ts';
import { floatOutput } from '../../inference/model-output.ts';

/** The convolutions of wav2vec 2.0 need so many; shorter sound is continued with zeros. */
const MIN_SAMPLES = 400;

export type CtcAlignerOptions = {
  /**
   * Scales the sound to mean 0 and variance 1 first, as models with `do_normalize` in `preprocessor_config.json` were
   * trained. WhisperX never does.
   */
  readonly normalizes: boolean;
};

export const DEFAULT_CTC_ALIGNER_OPTIONS: CtcAlignerOptions = Object.freeze({ normalizes: false });

/**
 * Aligns by a character CTC graph of the wav2vec 2.0 kind: `input_values` [1, samples] → `logits` [1, frames, labels].
 *
 * Each segment is aligned within its own time: its words are found there or nowhere.
 */
export class CtcAligner implements Aligner {
  readonly id: string;
  readonly provider: string;
  readonly languages: readonly string[];
  readonly concurrency: number;
  readonly #session: Session;
  readonly #dictionary: CtcDictionary;
  readonly #options: CtcAlignerOptions;

  constructor(
    session: Session,
    dictionary: CtcDictionary,
    languages: readonly string[],
    options: CtcAlignerOptions = DEFAULT_CTC_ALIGNER_OPTIONS,
  ) {
    this.#session = session;
    this.#dictionary = dictionary;
    this.#options = options;
    this.id = session.model.id;
    this.provider = session.provider;
    this.languages = languages;
    this.concurrency = session.concurrency;
  }

  async align(
    samples: Float32Array,
    segments: readonly RecognisedSegment[],
    options: AlignOptions,
  ): Promise<Alignment> {
    const aligned: RecognisedSegment[] = [];
    let failures = 0;
    for (const segment of segments) {
      throwIfAborted(options.signal);
      const sentences = await this.#alignOne(samples, segment, options);
      if (sentences === undefined) failures++;
      aligned.push(sentences === undefined ? segment : recognised(segment, sentences));
    }
    if (failures === 0) return { segments: aligned, warnings: [] };
    const message = `${this.id} could not align ${failures} of ${segments.length} segments with their sound; they keep the times they had.`;
    return { segments: aligned, warnings: [{ code: 'alignment_failed', message }] };
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  async #alignOne(
    samples: Float32Array,
    segment: RecognisedSegment,
    { language }: AlignOptions,
  ): Promise<AlignedSentence[] | undefined> {
    const start = Math.trunc(segment.startSeconds * SAMPLE_RATE);
    if (start >= samples.length || segment.text.trim() === '') return undefined;
    const sound = samples.subarray(start, Math.trunc(segment.endSeconds * SAMPLE_RATE));
    const emission = await this.#emission(sound);
    return alignText(segment, emission, this.#dictionary, { ...DEFAULT_ALIGN_TEXT_OPTIONS, language });
  }

  /** Natural logs of the probabilities of all labels, frame by frame. */
  async #emission(sound: Float32Array): Promise<Matrix> {
    const input = new Float32Array(Math.max(sound.length, MIN_SAMPLES));
    input.set(sound);
    if (this.#options.normalizes) normalize(input.subarray(0, sound.length));
    const outputs = await this.#session.run({ input_values: { data: input, dims: [1, input.length] } }, [
      'logits',
    ]);
    const { data, dims } = floatOutput(outputs, 'logits', this.#session.model);
    const [, rows, columns] = dims as [number, number, number];
    const most = largestOf(this.#dictionary.labels.values());
    if (most >= columns) {
      throw new ModelError(
        'model_shape_mismatch',
        `The graph of ${this.id} knows ${columns} labels, its vocab.json goes to ${most}; these files do not belong together.`,
        { details: { model: this.id } },
      );
    }
    logSoftmaxRows(data, columns);
    return { data, rows, columns };
  }
}

/** In place. */
function logSoftmaxRows(values: Float32Array, columns: number): void {
  for (let offset = 0; offset < values.length; offset += columns) {
    let most = -Infinity;
    for (let index = offset; index < offset + columns; index++) most = Math.max(most, values[index]!);
    let sum = 0;
    for (let index = offset; index < offset + columns; index++) sum += Math.exp(values[index]! - most);
    const logSum = most + Math.log(sum);
    for (let index = offset; index < offset + columns; index++) values[index]! -= logSum;
  }
}

/** In place; the guard is that of transformers' Wav2Vec2FeatureExtractor. */
function normalize(samples: Float32Array): void {
  let sum = 0;
  for (let index = 0; index < samples.length; index++) sum += samples[index]!;
  const mean = sum / samples.length;
  let squares = 0;
  for (let index = 0; index < samples.length; index++) squares += (samples[index]! - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / samples.length + 1e-7);
  for (let index = 0; index < samples.length; index++) samples[index] = (samples[index]! - mean) * scale;
}

/** Words that got no time at all (none of their segment could be aligned) cannot occur: then there is no alignment. */
function recognised(segment: RecognisedSegment, sentences: readonly AlignedSentence[]): RecognisedSegment {
  const words = sentences.flatMap(({ text: whole, words: own, ...sentence }) => {
    const spaces = spacingIn(
      whole,
      own.map(({ text }) => text),
    );
    return own.map(({ text, startSeconds, endSeconds, score }, index): RecognisedWord => ({
      text,
      ...spaces[index],
      startSeconds: startSeconds ?? sentence.startSeconds,
      endSeconds: endSeconds ?? sentence.endSeconds,
      ...(score === undefined ? {} : { confidence: score }),
    }));
  });
  return {
    ...segment,
    startSeconds: sentences[0]!.startSeconds,
    endSeconds: largestOf(sentences.map(({ endSeconds }) => endSeconds)),
    words,
  };
}
