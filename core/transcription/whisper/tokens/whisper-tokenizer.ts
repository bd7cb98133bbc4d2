import { ModelError } from '../../../errors.ts';
import type { RecognitionTask } from '../../recogniser.ts';
import type { ByteLevelVocabulary } from './byte-level-vocabulary.ts';
import { splitWords, type TokenDecoder, type WordTokens } from './split-words.ts';

/** Timestamps from 0.00 to 30.00 s in steps of 0.02 s. */
const TIMESTAMP_COUNT = 1501;

const LANGUAGE_TOKEN = /^<\|([a-z]{2,3})\|>$/u;

/** What a decode is told to do. A model that knows English only has no language and is told nothing. */
export type Assignment = { readonly language: string | null; readonly task: RecognitionTask };

/** Text and control tokens of a Whisper model. Ids are read, never assumed: `.en` and large-v3 have others. */
export class WhisperTokenizer implements TokenDecoder {
  readonly endOfText: number;
  readonly startOfTranscript: number;
  readonly startOfPrevious: number;
  readonly noSpeech: number;
  readonly noTimestamps: number;
  readonly timestampBegin: number;
  /** Token ids by language code, by id; empty where the model knows English only. */
  readonly languages: ReadonlyMap<string, number>;
  /** Tokens that only a prompt has. */
  readonly promptOnly: readonly number[];
  readonly #vocabulary: ByteLevelVocabulary;
  readonly #tasks: Readonly<Record<RecognitionTask, number>>;

  /**
   * @param languages from `generation_config.json`; those of the vocabulary where it lists none
   * @throws ModelError `model_shape_mismatch` when a control token is missing
   */
  constructor(
    vocabulary: ByteLevelVocabulary,
    languages: ReadonlyMap<string, number>,
    isMultilingual: boolean,
    modelId: string,
  ) {
    const token = (...names: string[]) => requireToken(vocabulary, names, modelId);
    this.#vocabulary = vocabulary;
    this.endOfText = token('<|endoftext|>');
    this.startOfTranscript = token('<|startoftranscript|>');
    this.startOfPrevious = token('<|startofprev|>');
    // Older exports call it by the other name.
    this.noSpeech = token('<|nospeech|>', '<|nocaptions|>');
    this.noTimestamps = token('<|notimestamps|>');
    this.timestampBegin = this.noTimestamps + 1;
    this.#tasks = { transcribe: token('<|transcribe|>'), translate: token('<|translate|>') };
    const known = languages.size > 0 ? languages : languagesOf(vocabulary);
    this.languages = isMultilingual ? known : new Map();
    const languageModel = vocabulary.specialId('<|startoflm|>');
    this.promptOnly = [
      this.#tasks.transcribe,
      this.#tasks.translate,
      this.startOfTranscript,
      this.startOfPrevious,
      this.noSpeech,
      ...(languageModel === undefined ? [] : [languageModel]),
    ];
  }

  /** Scores a decoder must give, one a token. */
  get scoreCount(): number {
    return this.timestampBegin + TIMESTAMP_COUNT;
  }

  isTimestamp(token: number): boolean {
    return token >= this.timestampBegin;
  }

  decode(tokens: readonly number[]): string {
    return this.#vocabulary.decode(tokens);
  }

  /** Words alone, no control tokens. */
  textOf(tokens: readonly number[]): string {
    return this.decode(this.textTokens(tokens));
  }

  /** As the reference shows a result: language tokens that were sampled are in it, timestamps are not. */
  resultText(tokens: readonly number[]): string {
    return this.decode(tokens.filter((token) => !this.isTimestamp(token)));
  }

  textTokens(tokens: readonly number[]): number[] {
    return tokens.filter((token) => token < this.endOfText);
  }

  /** A prompt begins with a space, as text in the middle of speech does. */
  encodePrompt(text: string): number[] {
    return this.#vocabulary.encode(` ${text.trim()}`);
  }

  /** The tokens before everything that is written down. */
  startTokens({ language, task }: Assignment): number[] {
    const languageToken = language === null ? undefined : this.languages.get(language);
    return languageToken === undefined
      ? [this.startOfTranscript]
      : [this.startOfTranscript, languageToken, this.#tasks[task]];
  }

  splitWords(tokens: readonly number[], language: string | null): WordTokens[] {
    return splitWords(tokens, this, language);
  }
}

function requireToken(vocabulary: ByteLevelVocabulary, names: readonly string[], modelId: string): number {
  for (const name of names) {
    const id = vocabulary.specialId(name);
    if (id !== undefined) return id;
  }
  throw new ModelError(
    'model_shape_mismatch',
    `The tokenizer.json of ${modelId} has no ${names.join(' or ')}; expected that of a Whisper model.`,
    { details: { model: modelId } },
  );
}

function languagesOf(vocabulary: ByteLevelVocabulary): ReadonlyMap<string, number> {
  const found: [string, number][] = [];
  for (const [content, id] of vocabulary.specials) {
    const code = LANGUAGE_TOKEN.exec(content)?.[1];
    if (code !== undefined) found.push([code, id]);
  }
  return new Map(found.toSorted(([, a], [, b]) => a - b));
}
