import { throwIfAborted } from '../../errors.ts';
import { joinWords } from '../../text/join-words.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import type {
  Recogniser,
  RecogniserCapabilities,
  RecognisedWord,
  Recognition,
  RecognitionOptions,
} from '../recogniser.ts';
import type { NemoTokens } from './decoded-tokens.ts';
import type { NemoFrontEnd } from './nemo-features.ts';
import type { NemoNetwork } from './nemo-network.ts';
import type { NemoVocabulary } from './nemo-vocabulary.ts';
import { timeWords } from './time-words.ts';

/** Mel frames come every 10 ms. */
const MEL_HOP_SECONDS = 0.01;

/** The front end needs two frames to know a deviation; shorter pieces are continued with zeros. */
const MIN_SAMPLES = 1600;

export type NemoOptions = {
  /**
   * Attention over the whole piece grows with its square: on a CPU 20 to 30 s are cut, though a large GPU holds 24
   * minutes.
   */
  readonly maxPieceSeconds: number;
  /**
   * Pieces that the encoder computes together. On a CPU more than one gains nothing, as lanes already work side by
   * side, and the runtime may round differently by the size of a batch; on a GPU more is faster.
   */
  readonly batchSize: number;
};

export const DEFAULT_NEMO_OPTIONS: NemoOptions = Object.freeze({ maxPieceSeconds: 30, batchSize: 1 });

/** What the recogniser is made of. */
export type NemoParts = {
  readonly id: string;
  readonly session: { readonly provider: string; readonly concurrency: number };
  readonly frontEnd: NemoFrontEnd;
  readonly network: NemoNetwork;
  readonly vocabulary: NemoVocabulary;
  /** Mel frames an encoder frame. */
  readonly subsampling: number;
  /** ISO 639-1. The model tells them apart by itself but does not say which it heard. */
  readonly languages: readonly string[];
};

/**
 * NeMo's Conformer models with CTC, RNN-T or TDT decoders, e.g. Parakeet. Punctuation and capitals are the model's.
 *
 * @see NVIDIA NeMo; istupakov/onnx-asr, whose exports and decoding this follows
 */
export class NemoRecogniser implements Recogniser {
  readonly id: string;
  readonly provider: string;
  readonly capabilities: RecogniserCapabilities;
  readonly #parts: NemoParts;
  readonly #secondsPerFrame: number;

  constructor(parts: NemoParts, options: NemoOptions = DEFAULT_NEMO_OPTIONS) {
    this.#parts = parts;
    this.#secondsPerFrame = MEL_HOP_SECONDS * parts.subsampling;
    this.id = parts.id;
    this.provider = parts.session.provider;
    this.capabilities = {
      languages: parts.languages,
      // With one language there is nothing to find out; with more the model needs not be told.
      detectsLanguage: parts.languages.length > 1,
      hasWordTimes: true,
      maxPieceSeconds: options.maxPieceSeconds,
      tasks: ['transcribe'],
      batchSize: options.batchSize,
      concurrency: parts.session.concurrency,
    };
  }

  async recognise(
    pieces: readonly Float32Array[],
    options: RecognitionOptions,
  ): Promise<readonly Recognition[]> {
    throwIfAborted(options.signal);
    if (pieces.length === 0) return [];
    const features = await this.#parts.frontEnd.compute(pieces.map(longEnough));
    const decoded = await this.#parts.network.decode(features, options.signal);
    return decoded.map((row, index) =>
      this.#recognition(row, samplesToSeconds(pieces[index]!.length), options),
    );
  }

  async release(): Promise<void> {
    await Promise.all([this.#parts.frontEnd.release(), this.#parts.network.release()]);
  }

  #recognition(decoded: NemoTokens, pieceSeconds: number, options: RecognitionOptions): Recognition {
    const { vocabulary, languages } = this.#parts;
    const words = timeWords(decoded, vocabulary, this.#secondsPerFrame).map((word) =>
      clamped(word, pieceSeconds),
    );
    const language = options.language ?? (languages.length === 1 ? languages[0]! : null);
    if (words.length === 0) return { segments: [], language, warnings: [] };
    const segment = {
      text: joinWords(words),
      startSeconds: words[0]!.startSeconds,
      endSeconds: words.at(-1)!.endSeconds,
      words: options.wordTimes ? words : [],
      confidence: words.reduce((sum, { confidence }) => sum + confidence!, 0) / words.length,
    };
    return { segments: [segment], language, warnings: [] };
  }
}

function longEnough(piece: Float32Array): Float32Array {
  if (piece.length >= MIN_SAMPLES) return piece;
  const longer = new Float32Array(MIN_SAMPLES);
  longer.set(piece);
  return longer;
}

function clamped(word: RecognisedWord, pieceSeconds: number): RecognisedWord {
  return {
    ...word,
    startSeconds: Math.min(word.startSeconds, pieceSeconds),
    endSeconds: Math.min(word.endSeconds, pieceSeconds),
  };
}
