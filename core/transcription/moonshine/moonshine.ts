import { throwIfAborted } from '../../errors.ts';
import { runBeside } from '../../inference/lanes/lane-work.ts';
import type { Session, Tensor } from '../../inference/session.ts';
import { joinWords } from '../../text/join-words.ts';
import type { ResultWarning } from '../../result/result.ts';
import type {
  Recogniser,
  RecogniserCapabilities,
  RecognisedWord,
  Recognition,
  RecognitionOptions,
} from '../recogniser.ts';
import { GREEDY_DECODE, GreedyDecoder, type MoonshineTokens } from './greedy-decoder.ts';
import { lengthWithoutLoop } from './repetition.ts';
import type { TokenFrames } from './token-alignment.ts';
import type { Vocabulary } from './vocabulary.ts';
import type { TokenWord } from '../word-timing.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import { floatOutput } from '../../inference/model-output.ts';

/**
 * Above about 30 s it repeats itself; measured on `two-cities` and `library`, 15 s gave fewer word errors than 10, 12,
 * 20 and 28 s.
 */
const MAX_PIECE_SECONDS = 15;

/** The reference's limit for English; real speech stays under 5. */
const MAX_TOKENS_PER_SECOND = 6.5;
/** So that a shout of half a second may have punctuation too. */
const EXTRA_TOKENS = 3;

/** The encoder's convolutions need a tenth of a second; shorter pieces are continued with zeros. */
const MIN_SAMPLES = 1600;

/**
 * Moonshine (Useful Sensors): a raw-waveform encoder and an autoregressive decoder whose cost follows the length of
 * the piece. It has no batches: pieces of different lengths cannot be masked.
 *
 * @see N. Jeffries et al., "Moonshine: Speech Recognition for Live Transcription and Voice Commands", 2024
 */
export class MoonshineRecogniser implements Recogniser {
  readonly id: string;
  readonly provider: string;
  readonly capabilities: RecogniserCapabilities;
  readonly #encoder: Session;
  readonly #session: Session;
  readonly #decoder: GreedyDecoder;
  readonly #vocabulary: Vocabulary;

  /** @throws ModelError `model_shape_mismatch` when the decoder is no merged one */
  constructor(encoder: Session, decoder: Session, vocabulary: Vocabulary, languages: readonly string[]) {
    this.#encoder = encoder;
    this.#session = decoder;
    this.#decoder = new GreedyDecoder(decoder);
    this.#vocabulary = vocabulary;
    this.id = decoder.model.id;
    this.provider = decoder.provider;
    this.capabilities = {
      languages,
      detectsLanguage: false,
      hasWordTimes: this.#decoder.showsAttentions,
      maxPieceSeconds: MAX_PIECE_SECONDS,
      tasks: ['transcribe'],
      batchSize: 1,
      concurrency: decoder.concurrency,
    };
  }

  async recognise(
    pieces: readonly Float32Array[],
    options: RecognitionOptions,
  ): Promise<readonly Recognition[]> {
    return Promise.all(pieces.map((piece) => this.#recogniseOne(piece, options)));
  }

  /** The greedy decode of one piece, as the golden data have it: nothing dropped, nothing timed in seconds. */
  async decode(
    piece: Float32Array,
    options: RecognitionOptions,
  ): Promise<MoonshineTokens & { frameCount: number }> {
    throwIfAborted(options.signal);
    const hidden = await this.#encode(piece);
    const seconds = samplesToSeconds(piece.length);
    const decoded = await runBeside(
      this.#session,
      GREEDY_DECODE,
      {
        hidden,
        maxTokens: Math.ceil(seconds * MAX_TOKENS_PER_SECOND) + EXTRA_TOKENS,
        vocabularySize: this.#vocabulary.size,
        align: options.wordTimes,
      },
      options.signal,
    );
    throwIfAborted(options.signal);
    return { ...decoded, frameCount: hidden.dims[1]! };
  }

  async release(): Promise<void> {
    await Promise.all([this.#encoder.release(), this.#session.release()]);
  }

  async #encode(piece: Float32Array): Promise<Tensor<Float32Array>> {
    let samples = piece;
    if (piece.length < MIN_SAMPLES) {
      samples = new Float32Array(MIN_SAMPLES);
      samples.set(piece);
    }
    const outputs = await this.#encoder.run({ input_values: { data: samples, dims: [1, samples.length] } });
    return floatOutput(outputs, 'last_hidden_state', this.#encoder.model);
  }

  async #recogniseOne(piece: Float32Array, options: RecognitionOptions): Promise<Recognition> {
    const decoded = await this.decode(piece, options);
    const { frames, probabilities, frameCount } = decoded;
    const { length } = decoded.tokens;
    const tokens = decoded.tokens.slice(0, decoded.truncated ? lengthWithoutLoop(decoded.tokens) : length);
    const heard = this.#vocabulary.words(tokens);
    const real =
      frames === undefined ? heard : heard.filter((word) => !isHallucinated(word, frames, frameCount));
    const language = this.capabilities.languages[0] ?? null;
    const warnings = this.#warnings(decoded, options, heard.length - real.length);
    if (real.length === 0) return { segments: [], language, warnings };

    const pieceSeconds = samplesToSeconds(piece.length);
    const secondsPerFrame = samplesToSeconds(Math.max(piece.length, MIN_SAMPLES)) / frameCount;
    const timed = (word: TokenWord): RecognisedWord => ({
      text: word.text,
      ...(word.spaceBefore === undefined ? {} : { spaceBefore: word.spaceBefore }),
      startSeconds: Math.min(frames![word.firstToken]!.firstFrame * secondsPerFrame, pieceSeconds),
      endSeconds: Math.min(frames![word.endToken - 1]!.endFrame * secondsPerFrame, pieceSeconds),
      confidence: mean(probabilities.slice(word.firstToken, word.endToken)),
    });
    const words = frames === undefined ? [] : real.map(timed);
    const segment = {
      text: joinWords(real),
      startSeconds: words[0]?.startSeconds ?? 0,
      endSeconds: words.at(-1)?.endSeconds ?? pieceSeconds,
      words,
      confidence: mean(probabilities.slice(0, tokens.length)),
    };
    return { segments: [segment], language, warnings };
  }

  #warnings(decoded: MoonshineTokens, options: RecognitionOptions, droppedWords: number): ResultWarning[] {
    const warnings: ResultWarning[] = [];
    if (options.wordTimes && !this.#decoder.showsAttentions) {
      warnings.push({
        code: 'word_times_unavailable',
        message: `${this.id} shows no attentions, so words have no times of their own; segments do.`,
      });
    }
    if (droppedWords > 0) {
      warnings.push({
        code: 'hallucinated_words',
        message: 'Words that the recogniser wrote after the end of speech were dropped.',
      });
    }
    if (decoded.truncated) {
      warnings.push({
        code: 'text_truncated',
        message:
          'A stretch of the recording gave more text than its length allows; the rest and repetitions were dropped.',
      });
    }
    return warnings;
  }
}

/** Words made up after the end of speech all fall on the last frame and take no time. */
function isHallucinated(word: TokenWord, frames: readonly TokenFrames[], frameCount: number): boolean {
  return frames[word.firstToken]!.firstFrame >= frameCount - 1;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
