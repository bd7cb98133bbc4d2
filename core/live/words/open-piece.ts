import type { Recogniser, RecognisedSegment, RecognitionOptions } from '../../transcription/recogniser.ts';
import { withLaterDeadline } from '../../inference/lanes/run-deadline.ts';
import { SampleHistory } from '../../audio/sample-history.ts';
import { SAMPLE_RATE, samplesToSeconds, secondsToSamples } from '../../timeline/sliding-window.ts';
import { agreedCount } from './agreed-words.ts';

/** A decode may take this share of the time between two: the rest is for final text and for others. */
const MOST_WORK_SHARE = 0.25;
/** Kept while nobody knows yet who will write down. */
const UNDECIDED_SECONDS = 15;
const PAD_SAMPLES = SAMPLE_RATE / 10;
const LEAST_SAMPLES = SAMPLE_RATE / 2;
/** Words that are not final may wait longer than the next look at who speaks. */
const INTERIM_MS = 1_000;

/** Text of speech that is not cut yet; the first `agreed` of its words are those of two decodes. */
export type OpenText = { readonly segments: readonly RecognisedSegment[]; readonly agreed: number };

/**
 * Recognises the speech since the last cut again and again while it grows. Nothing of it is final: what is final comes
 * from the same cuts as offline.
 */
export class OpenPiece {
  readonly #options: RecognitionOptions;
  readonly #everySamples: number;
  readonly #now: () => number;
  readonly #onText: (text: OpenText) => void;
  readonly #history = new SampleHistory();
  #cutSample = 0;
  /** Where speech began that was not cut yet. */
  #speechStart: number | undefined;
  #decodedUntil = 0;
  #leastSamples = 0;
  #running: Promise<void> | undefined;
  #isPaused = false;
  #before: RecognisedSegment['words'] = [];

  /** Who writes down; nobody until the language is known. */
  #by: { readonly recogniser: Recogniser; readonly language: string | null } | undefined;

  constructor(
    options: RecognitionOptions,
    interimSeconds: number,
    context: { readonly now: () => number; readonly onText: (text: OpenText) => void },
  ) {
    this.#options = options;
    this.#everySamples = secondsToSamples(interimSeconds);
    this.#now = context.now;
    this.#onText = context.onText;
  }

  /** Nothing is decoded before its cut until this is taken back. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  /** From now on this one writes down. */
  use(recogniser: Recogniser, language: string | null): void {
    this.#by = { recogniser, language };
  }

  /** Final text takes over up to here. */
  cut(endSample: number): void {
    this.#cutSample = endSample;
    this.#before = [];
    if (this.#speechStart !== undefined && this.#speechStart < endSample) this.#speechStart = undefined;
  }

  /** @param speechStart where the speech that goes on began, if somebody speaks */
  push(block: Float32Array, speechStart: number | undefined): void {
    this.#history.push(block);
    if (speechStart !== undefined) this.#speechStart ??= Math.max(speechStart, this.#cutSample);
    const oldest = this.#history.sampleCount - this.#mostSamples;
    this.#history.dropBefore(Math.max(0, oldest));
    const start = this.#start();
    if (start === undefined || this.#by === undefined || this.#running !== undefined || this.#isPaused)
      return;
    const end = this.#history.sampleCount;
    if (end - start < LEAST_SAMPLES) return;
    if (end - this.#decodedUntil < Math.max(this.#everySamples, this.#leastSamples)) return;
    const by = this.#by;
    const decoding = withLaterDeadline(INTERIM_MS, () => this.#decode(by, start, end));
    this.#running = decoding.finally(() => (this.#running = undefined));
  }

  /** Waits until no decode runs any more. */
  async settle(): Promise<void> {
    await this.#running;
  }

  get #mostSamples(): number {
    return secondsToSamples(this.#by?.recogniser.capabilities.maxPieceSeconds ?? UNDECIDED_SECONDS);
  }

  #start(): number | undefined {
    if (this.#speechStart === undefined) return undefined;
    const start = Math.max(this.#cutSample, this.#speechStart - PAD_SAMPLES);
    return Math.max(0, start, this.#history.sampleCount - this.#mostSamples);
  }

  async #decode(
    { recogniser, language }: { recogniser: Recogniser; language: string | null },
    start: number,
    end: number,
  ): Promise<void> {
    this.#decodedUntil = end;
    const cutBefore = this.#cutSample;
    const began = this.#now();
    // An interim text that fails is none; the final one will say what is wrong.
    const [recognition] = await recogniser
      .recognise([this.#history.slice(start, end)], { ...this.#options, language })
      .catch(() => []);
    this.#leastSamples = secondsToSamples((this.#now() - began) / MOST_WORK_SHARE);
    if (recognition === undefined || this.#cutSample !== cutBefore) return;
    const shift = samplesToSeconds(start);
    const segments = recognition.segments.map((segment) => ({
      ...segment,
      startSeconds: segment.startSeconds + shift,
      endSeconds: segment.endSeconds + shift,
      words: segment.words.map((word) => ({
        ...word,
        startSeconds: word.startSeconds + shift,
        endSeconds: word.endSeconds + shift,
      })),
    }));
    const words = segments.flatMap((segment) => segment.words);
    const agreed = agreedCount(this.#before, words, samplesToSeconds(end));
    this.#before = words;
    this.#onText({ segments, agreed });
  }
}
