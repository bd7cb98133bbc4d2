import { throwIfAborted } from '../../errors.ts';
import { pythonStrip } from '../../text/python-white-space.ts';
import { roundHalfEven } from '../../timeline/sliding-window.ts';
import type { WindowDecode } from './decode/decode-window.ts';
import { judgeHallucinations } from './hallucinations.ts';
import type { DraftWord } from './tokens/merge-punctuation.ts';
import {
  DEFAULT_FALLBACK_OPTIONS,
  decodeWithFallback,
  type FallbackOptions,
  isSilent,
} from './decode/temperature-fallback.ts';
import type { WhisperSegment } from './whisper-segment.ts';
import type { WhisperTokenizer } from './tokens/whisper-tokenizer.ts';
import { MEL_FRAMES_PER_SECOND, segmentsOfWindow, type WindowPlace } from './window-segments.ts';
import { addWordTimestamps } from './words/word-timestamps.ts';

/** Mel frames of a window, 30 s. */
export const WINDOW_FRAMES = 3000;

/** Mel frames [startFrame, endFrame). */
export type FrameRange = { readonly startFrame: number; readonly endFrame: number };

export type LongFormOptions = FallbackOptions & {
  /** Text before a window helps to write it, but a decoder may get stuck in what it wrote. */
  readonly conditionOnPreviousText: boolean;
  /** What might have been said before, as tokens. */
  readonly initialPrompt: readonly number[];
  /** Only this is read; everything where absent. */
  readonly clips?: readonly FrameRange[] | undefined;
  readonly wordTimes: boolean;
  /** Silence longer than this next to improbable text is passed over; `null`: never. Needs word times. */
  readonly hallucinationSilenceSeconds: number | null;
  readonly signal?: AbortSignal | undefined;
};

/** The values of openai-whisper. */
export const DEFAULT_LONG_FORM_OPTIONS: LongFormOptions = Object.freeze({
  ...DEFAULT_FALLBACK_OPTIONS,
  conditionOnPreviousText: true,
  initialPrompt: Object.freeze([]),
  wordTimes: true,
  hallucinationSilenceSeconds: null,
});

/** One window, its sound computed into hidden states once. */
export type LongFormWindow = {
  /** @param prompt tokens of the text before */
  decode(prompt: readonly number[], temperature: number): Promise<WindowDecode>;
  /** Words of text tokens with their times within the window. */
  align(textTokens: readonly number[]): Promise<DraftWord[]>;
};

export type LongFormModel = {
  readonly tokenizer: WhisperTokenizer;
  openWindow(place: WindowPlace): Promise<LongFormWindow>;
};

export type LongFormResult = { readonly segments: readonly WhisperSegment[]; readonly text: string };

/** Above, text that was drawn is not fit to condition the next window. */
const MOST_PROMPT_TEMPERATURE = 0.5;

/**
 * Reads sound of any length window by window: each begins where the last one finished a segment.
 *
 * A window that would begin where the last one did ends the reading of that window instead, so that no sound is read
 * for ever; the reference has no such guard.
 *
 * @param frameCount mel frames of the sound
 * @throws CanceledError; what the model throws
 * @see openai-whisper `transcribe.transcribe`
 */
export async function readLongForm(
  model: LongFormModel,
  frameCount: number,
  options: LongFormOptions,
): Promise<LongFormResult> {
  const reader = new LongFormReader(model, frameCount, options);
  for (const { startFrame, endFrame } of options.clips ?? [{ startFrame: 0, endFrame: frameCount }]) {
    let seek = startFrame;
    while (seek < endFrame) {
      throwIfAborted(options.signal);
      const window = { seek, frameCount: Math.min(WINDOW_FRAMES, frameCount - seek, endFrame - seek) };
      if (window.frameCount <= 0) break;
      const next = await reader.read(window);
      seek = next > seek ? next : seek + window.frameCount;
    }
  }
  return reader.result();
}

/** What goes from window to window. */
class LongFormReader {
  readonly #model: LongFormModel;
  readonly #frameCount: number;
  readonly #options: LongFormOptions;
  readonly #segments: WhisperSegment[] = [];
  /** Prompt and text of all windows. */
  readonly #tokens: number[];
  #promptStart = 0;
  #lastSpeechSeconds = 0;

  constructor(model: LongFormModel, frameCount: number, options: LongFormOptions) {
    this.#model = model;
    this.#frameCount = frameCount;
    this.#options = options;
    this.#tokens = [...options.initialPrompt];
  }

  /** Reads a window and says at which frame to go on. */
  async read(place: WindowPlace): Promise<number> {
    const window = await this.#model.openWindow(place);
    const prompt = this.#tokens.slice(this.#promptStart);
    const decode = await decodeWithFallback(
      (temperature) => window.decode(prompt, temperature),
      this.#options,
    );
    if (isSilent(decode, this.#options)) return place.seek + place.frameCount;
    const { segments, nextSeek, endsWithSilence } = segmentsOfWindow(decode, place, this.#model.tokenizer);
    let seek = nextSeek;
    if (this.#options.wordTimes) {
      await this.#timeWords(window, segments, place);
      if (!endsWithSilence) seek = seekBehindLastWord(segments, place) ?? seek;
      if (this.#options.hallucinationSilenceSeconds !== null) {
        const verdict = this.#withoutHallucinations(segments, place, seek, endsWithSilence);
        seek = verdict.seek;
        if (verdict.rereads) return seek;
      }
      this.#lastSpeechSeconds = lastWordEnd(segments) ?? this.#lastSpeechSeconds;
    }
    this.#keep(segments, decode);
    return seek;
  }

  result(): LongFormResult {
    const written = this.#tokens.slice(this.#options.initialPrompt.length);
    return { segments: this.#segments, text: this.#model.tokenizer.resultText(written) };
  }

  async #timeWords(
    window: LongFormWindow,
    segments: readonly WhisperSegment[],
    { seek }: WindowPlace,
  ): Promise<void> {
    const textOf = ({ tokens }: WhisperSegment) => this.#model.tokenizer.textTokens(tokens);
    const alignment = await window.align(segments.flatMap(textOf));
    const offset = seek / MEL_FRAMES_PER_SECOND;
    addWordTimestamps(
      segments,
      alignment,
      offset,
      this.#lastSpeechSeconds,
      (segment) => textOf(segment).length,
    );
  }

  /** Drops segments that were probably made up, in place. */
  #withoutHallucinations(
    segments: WhisperSegment[],
    { seek, frameCount }: WindowPlace,
    nextSeek: number,
    endsWithSilence: boolean,
  ): { seek: number; rereads: boolean } {
    const thresholdSeconds = this.#options.hallucinationSilenceSeconds!;
    const startSeconds = seek / MEL_FRAMES_PER_SECOND;
    const endSeconds = (seek + WINDOW_FRAMES) / MEL_FRAMES_PER_SECOND;
    let next = nextSeek;
    const lastEnd = lastWordEnd(segments);
    if (!endsWithSilence && lastEnd !== undefined && lastEnd > startSeconds) {
      const silenceIsLong = endSeconds - lastEnd > thresholdSeconds;
      next = silenceIsLong ? roundHalfEven(lastEnd * MEL_FRAMES_PER_SECOND) : seek + frameCount;
    }
    const verdict = judgeHallucinations(segments, {
      startSeconds,
      endSeconds,
      contentEndSeconds: startSeconds + frameCount / MEL_FRAMES_PER_SECOND,
      recordingSeconds: this.#frameCount / MEL_FRAMES_PER_SECOND,
      lastSpeechSeconds: this.#lastSpeechSeconds,
      thresholdSeconds,
    });
    segments.length = verdict.keptCount;
    return { seek: verdict.seek ?? next, rereads: verdict.rereads };
  }

  #keep(segments: readonly WhisperSegment[], decode: WindowDecode): void {
    for (const segment of segments) {
      const isEmpty = segment.startSeconds === segment.endSeconds || pythonStrip(segment.text) === '';
      if (isEmpty) Object.assign(segment, { text: '', tokens: [], words: [] });
      this.#segments.push(segment);
      this.#tokens.push(...segment.tokens);
    }
    if (!this.#options.conditionOnPreviousText || decode.temperature > MOST_PROMPT_TEMPERATURE) {
      this.#promptStart = this.#tokens.length;
    }
  }
}

function seekBehindLastWord(segments: readonly WhisperSegment[], { seek }: WindowPlace): number | undefined {
  const end = lastWordEnd(segments);
  if (end === undefined || end <= seek / MEL_FRAMES_PER_SECOND) return undefined;
  return roundHalfEven(end * MEL_FRAMES_PER_SECOND);
}

/** End of the last word, or of the last segment where none has words. */
function lastWordEnd(segments: readonly WhisperSegment[]): number | undefined {
  const last = segments.findLast(({ words }) => words.length > 0);
  return last === undefined ? segments.at(-1)?.endSeconds : last.words.at(-1)!.endSeconds;
}
