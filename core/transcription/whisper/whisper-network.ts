import { ModelError } from '../../errors.ts';
import { type Session, sharedFloat32 } from '../../inference/session.ts';
import type { Random } from '../../math/random.ts';
import { decodeWindow, type WindowDecode } from './decode/decode-window.ts';
import type { LongFormModel, LongFormWindow } from './long-form.ts';
import { WINDOW_FRAMES } from './long-form.ts';
import type { TokenRuleSet } from './tokens/token-rules.ts';
import type { WhisperConfig } from './whisper-config.ts';
import { type HiddenStates, SCORE_PADDING, type WhisperDecoder } from './decode/whisper-decoder.ts';
import type { Assignment, WhisperTokenizer } from './tokens/whisper-tokenizer.ts';
import type { WindowPlace } from './window-segments.ts';
import { alignWords } from './words/word-alignment.ts';

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
    const hidden = outputs.last_hidden_state as HiddenStates;
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
  openWindow(hidden: HiddenStates, { frameCount }: WindowPlace, options: WritingOptions): LongFormWindow {
    const { assignment, signal } = options;
    const heads = this.config.alignmentHeads;
    return {
      decode: (prompt, temperature) => this.#decode(hidden, prompt, temperature, options),
      align: (textTokens) =>
        alignWords(this.decoder, hidden, this.tokenizer, textTokens, {
          assignment,
          heads,
          melFrameCount: frameCount,
          signal,
        }),
    };
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

  #decode(
    hidden: HiddenStates,
    prompt: readonly number[],
    temperature: number,
    { assignment, random, stopLoops, signal }: WritingOptions,
  ): Promise<WindowDecode> {
    const { tokenizer, config } = this;
    const half = config.textPositions >> 1;
    const before = prompt.length === 0 ? [] : [tokenizer.startOfPrevious, ...prompt.slice(1 - half)];
    return decodeWindow(this.decoder, hidden, tokenizer, {
      initialTokens: [...before, ...tokenizer.startTokens(assignment)],
      rules: this.rules(true),
      temperature,
      random,
      maxTokens: half,
      textPositions: config.textPositions,
      stopLoops,
      signal,
    });
  }
}

function mismatch({ modelId }: WhisperConfig, problem: string): ModelError {
  return new ModelError(
    'model_shape_mismatch',
    `The files of ${modelId} do not belong together: ${problem}. colloquy models verify ${modelId} tells which one is wrong.`,
    { details: { model: modelId } },
  );
}
