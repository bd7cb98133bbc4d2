import { ModelError } from '../../errors.ts';
import { type Session, sharedFloat32 } from '../../inference/session.ts';
import type { Random } from '../../math/random.ts';
import {
  decodeTogether,
  decodeWindow,
  type WindowDecode,
  type WindowDecodeOptions,
} from './decode/decode-window.ts';
import type { DecoderBatch } from './decode/forms/decoder-batch.ts';
import { type FallbackOptions, isPoor, isSilent } from './decode/temperature-fallback.ts';
import type { LongFormModel, LongFormWindow } from './long-form.ts';
import { WINDOW_FRAMES } from './long-form.ts';
import type { TokenRuleSet } from './tokens/token-rules.ts';
import type { WhisperConfig } from './whisper-config.ts';
import { SCORE_PADDING, type WhisperDecoder } from './decode/whisper-decoder.ts';
import type { HiddenStates } from './decode/forms/decoder-tensors.ts';
import type { Assignment, WhisperTokenizer } from './tokens/whisper-tokenizer.ts';
import type { DraftWord } from './tokens/merge-punctuation.ts';
import { segmentsOfWindow, type WindowPlace } from './window-segments.ts';
import { type AlignmentRequest, alignWords, timeTokens } from './words/word-alignment.ts';
import { floatOutput } from '../../inference/model-output.ts';

/** A log-mel spectrogram: [melCount, columns], row-major. */
export type MelFeatures = { readonly data: Float32Array; readonly columns: number };

/** How speech is written down. */
export type WritingOptions = {
  readonly assignment: Assignment;
  /** Draws tokens above temperature 0. */
  readonly random: Random;
  /** See `decodeWindow`. */
  readonly stopLoops: boolean;
  readonly signal: AbortSignal | undefined;
};

/** Encoder, decoder and vocabulary of one model, checked to belong together. */
export class WhisperNetwork {
  readonly config: WhisperConfig;
  readonly tokenizer: WhisperTokenizer;
  readonly decoder: WhisperDecoder;
  readonly #encoder: Session;

  /** @throws ModelError `model_shape_mismatch` when the vocabulary has another size than the configuration says */
  constructor(encoder: Session, decoder: WhisperDecoder, tokenizer: WhisperTokenizer, config: WhisperConfig) {
    const spare = config.vocabularySize - tokenizer.scoreCount;
    if (spare < 0 || spare >= SCORE_PADDING) {
      throw mismatch(
        config,
        `its tokenizer.json needs ${tokenizer.scoreCount} tokens, its config.json says ${config.vocabularySize}`,
      );
    }
    this.#encoder = encoder;
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.config = config;
  }

  /**
   * Computes the hidden states of a window. Columns behind its end are zeros, as openai-whisper pads a spectrogram.
   *
   * @throws ModelError `model_shape_mismatch` when the encoder is of another model
   */
  async encode(features: MelFeatures, { seek, frameCount }: WindowPlace): Promise<HiddenStates> {
    const { melCount, audioPositions, width } = this.config;
    const window = sharedFloat32(melCount * WINDOW_FRAMES);
    for (let mel = 0; mel < melCount; mel++) {
      const start = mel * features.columns + seek;
      window.set(features.data.subarray(start, start + frameCount), mel * WINDOW_FRAMES);
    }
    const outputs = await this.#encoder.run({
      input_features: { data: window, dims: [1, melCount, WINDOW_FRAMES] },
    });
    const hidden = floatOutput(outputs, 'last_hidden_state', this.#encoder.model);
    const [, positions, states] = hidden.dims;
    if (positions === audioPositions && states === width) return hidden;
    throw mismatch(
      this.config,
      `its encoder gives ${positions} × ${states} states, its config.json says ${audioPositions} × ${width}`,
    );
  }

  /** What the long-form loop reads a recording with. */
  reader(features: MelFeatures, options: WritingOptions): LongFormModel {
    return {
      tokenizer: this.tokenizer,
      openWindow: async (place) => this.openWindow(await this.encode(features, place), place, options),
    };
  }

  /** A window whose hidden states are there. */
  openWindow(hidden: HiddenStates, place: WindowPlace, options: WritingOptions): LongFormWindow {
    const { decoder, tokenizer } = this;
    return {
      decode: (prompt, temperature) =>
        decodeWindow(decoder, hidden, tokenizer, this.#decodeOptions(prompt, temperature, options)),
      align: (textTokens) =>
        alignWords(decoder, hidden, tokenizer, textTokens, this.#alignmentOf(place, options)),
    };
  }

  /**
   * Windows that begin their pieces, written down and timed together at temperature 0. What is asked for besides (other
   * temperatures, other text) is computed then.
   *
   * @param windows with hidden states, where they lie, and how each is written down
   * @param prompt tokens before each
   */
  async openTogether(
    windows: readonly { hidden: HiddenStates; place: WindowPlace; writing: WritingOptions }[],
    prompt: readonly number[],
    { wordTimes, ...thresholds }: FallbackOptions & { readonly wordTimes: boolean },
  ): Promise<LongFormWindow[]> {
    const batch = this.decoder.openBatch(windows.map(({ hidden }) => hidden));
    try {
      const decodes = await decodeTogether(
        batch,
        this.tokenizer,
        windows.map(({ writing }) => this.#decodeOptions(prompt, 0, writing)),
      );
      const opened: LongFormWindow[] = [];
      for (const [row, { hidden, place, writing }] of windows.entries()) {
        const decode = decodes[row]!;
        const needed = wordTimes && !isPoor(decode, thresholds) && !isSilent(decode, thresholds);
        const known = needed ? await this.#timeOfRow(batch, row, decode, place, writing) : undefined;
        const alone = this.openWindow(hidden, place, writing);
        opened.push({
          decode: (asked, temperature) =>
            temperature === 0 && asked.length === prompt.length
              ? Promise.resolve(decode)
              : alone.decode(asked, temperature),
          align: (textTokens) =>
            known?.tokens === textTokens.join() ? Promise.resolve(known.words) : alone.align(textTokens),
        });
      }
      return opened;
    } finally {
      batch.release();
    }
  }

  /** What may be written, with timestamps or without. */
  rules(timestamps: boolean): TokenRuleSet {
    const { tokenizer, config } = this;
    return {
      endOfText: tokenizer.endOfText,
      noTimestamps: tokenizer.noTimestamps,
      timestampBegin: tokenizer.timestampBegin,
      suppressed: [...new Set([...config.suppressed, ...tokenizer.promptOnly])],
      suppressedAtBegin: config.suppressedAtBegin,
      maxInitialTimestampIndex: config.maxInitialTimestampIndex,
      timestamps,
    };
  }

  async release(): Promise<void> {
    await Promise.all([this.#encoder.release(), this.decoder.release()]);
  }

  /** The words of a decode, and the tokens that they were made of. */
  async #timeOfRow(
    batch: DecoderBatch,
    row: number,
    decode: WindowDecode,
    place: WindowPlace,
    writing: WritingOptions,
  ): Promise<{ tokens: string; words: DraftWord[] }> {
    const { segments } = segmentsOfWindow(decode, place, this.tokenizer);
    const tokens = segments.flatMap((segment) => this.tokenizer.textTokens(segment.tokens));
    const words = await timeTokens(
      (read, layers) => batch.readAll(row, read, layers),
      this.tokenizer,
      tokens,
      this.#alignmentOf(place, writing),
    );
    return { tokens: tokens.join(), words };
  }

  #alignmentOf({ frameCount }: WindowPlace, { assignment, signal }: WritingOptions): AlignmentRequest {
    return { assignment, heads: this.config.alignmentHeads, melFrameCount: frameCount, signal };
  }

  #decodeOptions(
    prompt: readonly number[],
    temperature: number,
    { assignment, random, stopLoops, signal }: WritingOptions,
  ): WindowDecodeOptions {
    const { tokenizer, config } = this;
    const half = config.textPositions >> 1;
    const before = prompt.length === 0 ? [] : [tokenizer.startOfPrevious, ...prompt.slice(1 - half)];
    return {
      initialTokens: [...before, ...tokenizer.startTokens(assignment)],
      rules: this.rules(true),
      temperature,
      random,
      maxTokens: half,
      textPositions: config.textPositions,
      stopLoops,
      signal,
    };
  }
}

function mismatch({ modelId }: WhisperConfig, problem: string): ModelError {
  return new ModelError(
    'model_shape_mismatch',
    `The files of ${modelId} do not belong together: ${problem}. colloquy models verify ${modelId} tells which one is wrong.`,
    { details: { model: modelId } },
  );
}
