import { throwIfAborted } from '../../errors.ts';
import { LogMel, WHISPER_CHUNK_SAMPLES } from '../../dsp/log-mel.ts';
import { createRandom } from '../../math/random.ts';
import { spacing } from '../../text/join-words.ts';
import { samplesToSeconds } from '../../timeline/sliding-window.ts';
import type { ResultWarning } from '../../result/result.ts';
import type {
  FoundLanguage,
  Recogniser,
  RecogniserCapabilities,
  RecognisedSegment,
  RecognisedWord,
  Recognition,
  RecognitionOptions,
} from '../recogniser.ts';
import { detectLanguage } from './decode/detect-language.ts';
import {
  DEFAULT_LONG_FORM_OPTIONS,
  type LongFormModel,
  type LongFormOptions,
  type LongFormWindow,
  readLongForm,
  WINDOW_FRAMES,
} from './long-form.ts';
import type { HiddenStates } from './decode/forms/decoder-tensors.ts';
import type { MelFeatures, WhisperNetwork, WritingOptions } from './whisper-network.ts';
import type { WindowPlace } from './window-segments.ts';
import type { WhisperSegment } from './whisper-segment.ts';

/** What the encoder sees at once. Longer pieces would work, window by window, but give later results. */
const MAX_PIECE_SECONDS = 30;

/**
 * Windows that are decoded together. Two share what the weights cost in a step; of more, each would gain less and hold
 * its keys and values over the sound (6 layers × 2 × 1500 × 512 × 4 B = 37 MB of base), and a lane should need no more than
 * half a gigabyte.
 */
const TOGETHER = 2;

/** Any number: equal pieces give equal text. */
const SEED = 0;

/** A piece whose first window is computed. */
type PreparedPiece = {
  readonly features: MelFeatures;
  readonly frameCount: number;
  readonly hidden: HiddenStates;
  readonly place: WindowPlace;
  readonly writing: WritingOptions;
};

export type WhisperOptions = Omit<LongFormOptions, 'clips' | 'initialPrompt' | 'signal' | 'wordTimes'> & {
  /** Ends a decode that repeats one phrase over and over, and drops the repeats; the references write them down. */
  readonly stopLoops: boolean;
};

export const DEFAULT_WHISPER_OPTIONS: WhisperOptions = Object.freeze({
  ...DEFAULT_LONG_FORM_OPTIONS,
  stopLoops: true,
});

/**
 * Whisper (OpenAI), of any size, multilingual or English only.
 *
 * A piece is read as openai-whisper reads a recording: windows, thresholds, fallback to higher temperatures, word times
 * by alignment heads. First windows are decoded together where a row gives the same bits in any company; what falls back
 * or goes on after that does so alone. Other graphs may round differently in company, and a piece may not depend on it.
 *
 * @see A. Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022
 */
export class WhisperRecogniser implements Recogniser {
  readonly id: string;
  readonly provider: string;
  readonly capabilities: RecogniserCapabilities;
  readonly #network: WhisperNetwork;
  readonly #mel: LogMel;
  readonly #options: WhisperOptions;

  constructor(
    network: WhisperNetwork,
    session: { readonly provider: string; readonly concurrency: number },
    options: WhisperOptions = DEFAULT_WHISPER_OPTIONS,
  ) {
    const { config, tokenizer, decoder } = network;
    this.#network = network;
    this.#mel = new LogMel(config.melCount);
    this.#options = options;
    this.id = config.modelId;
    this.provider = session.provider;
    const isMultilingual = tokenizer.languages.size > 0;
    this.capabilities = {
      languages: isMultilingual ? [...tokenizer.languages.keys()] : ['en'],
      detectsLanguage: isMultilingual,
      hasWordTimes: decoder.showsAttentions,
      maxPieceSeconds: MAX_PIECE_SECONDS,
      tasks: isMultilingual ? ['transcribe', 'translate'] : ['transcribe'],
      packsPieces: true,
      batchSize: decoder.batchesWell ? TOGETHER : 1,
      firstBatchSize: 1,
      concurrency: decoder.batchesWell ? Math.ceil(session.concurrency / 2) : session.concurrency,
    };
  }

  async recognise(
    pieces: readonly Float32Array[],
    options: RecognitionOptions,
  ): Promise<readonly Recognition[]> {
    throwIfAborted(options.signal);
    const prepared = await Promise.all(pieces.map((piece) => this.#prepare(piece, options)));
    const heard = prepared.filter((piece) => piece !== undefined);
    const prompt = this.#promptOf(options);
    const wordTimes = options.wordTimes && this.capabilities.hasWordTimes;
    const windows =
      this.#network.decoder.batchesWell && heard.length > 0
        ? await this.#network.openTogether(heard, prompt, { ...this.#options, wordTimes })
        : heard.map(({ hidden, place, writing }) => this.#network.openWindow(hidden, place, writing));
    return Promise.all(
      prepared.map(async (piece, index): Promise<Recognition> => {
        if (piece === undefined) return { segments: [], language: options.language, warnings: [] };
        return this.#read(piece, windows[heard.indexOf(piece)]!, pieces[index]!, options);
      }),
    );
  }

  /** On a window padded with silence, as openai-whisper detects; windows that are written down are padded with zeros. */
  async findLanguage(sound: Float32Array, signal?: AbortSignal): Promise<FoundLanguage> {
    throwIfAborted(signal);
    const { tokenizer, decoder } = this.#network;
    if (tokenizer.languages.size === 0) return { language: 'en', probability: 1 };
    const { features } = this.#features(sound);
    const hidden = await this.#network.encode(features, { seek: 0, frameCount: WINDOW_FRAMES });
    const { language, probabilities } = await detectLanguage(decoder, hidden, tokenizer);
    return { language, probability: probabilities.get(language)! };
  }

  release(): Promise<void> {
    return this.#network.release();
  }

  /** Computes the first window of a piece; nothing of an empty one. */
  async #prepare(piece: Float32Array, options: RecognitionOptions): Promise<PreparedPiece | undefined> {
    const { features, frameCount } = this.#features(piece);
    if (frameCount === 0) return undefined;
    const place = { seek: 0, frameCount: Math.min(frameCount, WINDOW_FRAMES) };
    const hidden = await this.#network.encode(features, place);
    const language = await this.#languageOf(hidden, options);
    const writing = {
      assignment: { language, task: options.task },
      random: createRandom(SEED),
      stopLoops: this.#options.stopLoops,
      signal: options.signal,
    };
    return { features, frameCount, hidden, place, writing };
  }

  async #read(
    { features, frameCount, writing }: PreparedPiece,
    first: LongFormWindow,
    piece: Float32Array,
    options: RecognitionOptions,
  ): Promise<Recognition> {
    const wordTimes = options.wordTimes && this.capabilities.hasWordTimes;
    const reader = this.#network.reader(features, writing);
    let heardLanguage: FoundLanguage | null = null;
    const firstWindow: LongFormWindow = {
      align: (textTokens) => first.align(textTokens),
      decode: async (prompt, temperature) => {
        const decode = await first.decode(prompt, temperature);
        heardLanguage ??= decode.heardLanguage ?? null;
        return decode;
      },
    };
    const model: LongFormModel = {
      tokenizer: reader.tokenizer,
      openWindow: (place) => (place.seek === 0 ? Promise.resolve(firstWindow) : reader.openWindow(place)),
    };
    const { segments } = await readLongForm(model, frameCount, {
      ...this.#options,
      initialPrompt: this.#promptOf(options),
      wordTimes,
      signal: options.signal,
    });
    const pieceSeconds = samplesToSeconds(piece.length);
    return {
      segments: segments
        .filter(({ text }) => text.trim() !== '')
        .map((segment) => recognised(segment, pieceSeconds)),
      language: writing.assignment.language ?? 'en',
      heardLanguage,
      warnings: options.wordTimes && !wordTimes ? [this.#noWordTimes()] : [],
    };
  }

  /** Of the piece and 30 s of silence behind it, so that its floor is that of the whole, as the reference has it. */
  #features(piece: Float32Array): { features: MelFeatures; frameCount: number } {
    const paddedSamples = piece.length + WHISPER_CHUNK_SAMPLES;
    const columns = this.#mel.frameCountOf(paddedSamples);
    const data = new Float32Array(columns * this.#mel.melCount);
    this.#mel.compute(piece, paddedSamples, data);
    return { features: { data, columns }, frameCount: columns - WINDOW_FRAMES };
  }

  /** `null` for a model that is not told. Detection looks at what is read first, so it costs no encoder run. */
  async #languageOf(hidden: HiddenStates, { language }: RecognitionOptions): Promise<string | null> {
    const { tokenizer, decoder } = this.#network;
    if (tokenizer.languages.size === 0) return null;
    return language ?? (await detectLanguage(decoder, hidden, tokenizer)).language;
  }

  #promptOf({ prompt }: RecognitionOptions): readonly number[] {
    return prompt === undefined || prompt.trim() === '' ? [] : this.#network.tokenizer.encodePrompt(prompt);
  }

  #noWordTimes(): ResultWarning {
    return {
      code: 'word_times_unavailable',
      message: `${this.id} shows no attentions (its export is no *_timestamped one), so words have no times of their own; segments do.`,
    };
  }
}

/** The space that tokens write before a word; at the start of a segment they often leave it out. */
function spaceOf(text: string, before: string | undefined): { spaceBefore?: boolean } {
  if (before === undefined) return {};
  return spacing(before.trim(), text.trim(), /^\s/u.test(text) || /\s$/u.test(before));
}

function recognised(segment: WhisperSegment, pieceSeconds: number): RecognisedSegment {
  const within = (seconds: number) => Math.min(Math.max(seconds, 0), pieceSeconds);
  const words = segment.words
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, startSeconds, endSeconds, probability }, index, all): RecognisedWord => ({
      text: text.trim(),
      ...spaceOf(text, all[index - 1]?.text),
      startSeconds: within(startSeconds),
      endSeconds: within(endSeconds),
      confidence: probability,
    }));
  return {
    text: segment.text.trim(),
    startSeconds: within(segment.startSeconds),
    endSeconds: within(segment.endSeconds),
    words,
    confidence: Math.exp(segment.decode.averageLogProb),
  };
}
