/**
 * From speech probabilities to segments, by two thresholds and minimum lengths, as probabilities arrive.
 *
 * @see silero-vad 6.2.3 `get_speech_timestamps_from_probs`, which this follows decision by decision
 */
import { secondsToSamples } from '../timeline/sliding-window.ts';
import { completeHysteresisOptions, type HysteresisOptions } from './hysteresis-options.ts';
import { VAD_CHUNK_SAMPLES } from './vad-chunk.ts';

/** A span of speech in samples at 16 kHz; the end is exclusive. */
export type SpeechSegment = { readonly startSample: number; readonly endSample: number };

type Span = { start: number; end: number };

/** All segments of a recording of `sampleCount` samples, one probability per 512 samples. */
export function segmentSpeech(
  probabilities: ArrayLike<number>,
  sampleCount: number,
  options: Partial<HysteresisOptions> = {},
): SpeechSegment[] {
  const segmenter = new SpeechSegmenter(options);
  const segments: SpeechSegment[] = [];
  for (let chunk = 0; chunk < probabilities.length; chunk++)
    segments.push(...segmenter.push(probabilities[chunk]!));
  return [...segments, ...segmenter.finish(sampleCount)];
}

/**
 * Follows the probabilities of one recording. Segments come out in order, each as soon as nothing can change it any
 * more: when the silence behind it is longer than both paddings, or the next segment is certain.
 */
export class SpeechSegmenter {
  readonly #onset: number;
  readonly #offset: number;
  readonly #minSpeech: number;
  readonly #minSilence: number;
  readonly #maxSpeech: number;
  readonly #pad: number;
  readonly #minCutSilence: number;
  readonly #cutAtLongest: boolean;

  #nextSample = 0;
  /** Where the open segment began. */
  #speechStart: number | undefined;
  /** Where the silence inside the open segment began that still goes on. */
  #silenceStart: number | undefined;
  /** Where the open segment could be cut: the longest silence in it, or the last; its end may still be unknown. */
  #cut: { start: number; end: number | undefined } | undefined;
  /** A closed segment whose end depends on where the next one begins. */
  #pending: Span | undefined;
  #settled: SpeechSegment[] = [];

  /** @throws InvalidInputError `invalid_option` for thresholds outside [0, 1] and lengths that are negative */
  constructor(options: Partial<HysteresisOptions> = {}) {
    const resolved = completeHysteresisOptions(options);
    this.#onset = resolved.onset;
    this.#offset = resolved.offset;
    this.#minSpeech = secondsToSamples(resolved.minSpeechSeconds);
    this.#minSilence = secondsToSamples(resolved.minSilenceSeconds);
    this.#pad = secondsToSamples(resolved.speechPadSeconds);
    this.#maxSpeech = secondsToSamples(resolved.maxSpeechSeconds) - VAD_CHUNK_SAMPLES - 2 * this.#pad;
    this.#minCutSilence = secondsToSamples(resolved.minCutSilenceSeconds);
    this.#cutAtLongest = resolved.cutAt === 'longest-silence';
  }

  /** Takes the probability of the next chunk and gives the segments that have become certain. */
  push(probability: number): SpeechSegment[] {
    const sample = this.#nextSample;
    this.#nextSample += VAD_CHUNK_SAMPLES;
    this.#follow(probability, sample);
    this.#settleBefore(this.#speechStart ?? sample);
    return this.#take();
  }

  /** Ends the recording, `sampleCount` samples long, and gives the remaining segments. */
  finish(sampleCount: number): SpeechSegment[] {
    if (this.#speechStart !== undefined)
      this.#close(sampleCount, sampleCount - this.#speechStart > this.#minSpeech);
    if (this.#pending) this.#settle(this.#pending, Math.min(sampleCount, this.#pending.end + this.#pad));
    return this.#take();
  }

  /** No segment that is still to come begins before this sample: what lies before it need not be kept. */
  earliestNextStart(): number {
    return this.#pending?.start ?? Math.max(0, (this.#speechStart ?? this.#nextSample) - this.#pad);
  }

  #follow(probability: number, sample: number): void {
    const isSpeech = probability >= this.#onset;
    if (isSpeech) this.#endSilence(sample);
    if (this.#speechStart === undefined) {
      if (isSpeech) this.#speechStart = sample;
      return;
    }
    const isTooLong = sample - this.#speechStart > this.#maxSpeech;
    const speechStart = isTooLong ? this.#cutLongSpeech(sample) : this.#speechStart;
    // A cut outside silence closes the segment; the next one opens with the next chunk at the earliest.
    if (speechStart !== undefined && probability < this.#offset) this.#extendSilence(sample, speechStart);
  }

  #endSilence(sample: number): void {
    if (this.#silenceStart === undefined) return;
    const start = this.#silenceStart;
    this.#silenceStart = undefined;
    if (!this.#cutAtLongest) {
      if (this.#cut) this.#cut.end ??= sample;
      return;
    }
    const silence = sample - start;
    const longest = this.#cut?.end === undefined ? this.#minCutSilence : this.#cut.end - this.#cut.start;
    if (silence > longest) this.#cut = { start, end: sample };
  }

  #extendSilence(sample: number, speechStart: number): void {
    this.#silenceStart ??= sample;
    const silence = sample - this.#silenceStart;
    if (!this.#cutAtLongest && silence > this.#minCutSilence)
      this.#cut = { start: this.#silenceStart, end: undefined };
    if (silence < this.#minSilence) return;
    this.#close(this.#silenceStart, this.#silenceStart - speechStart > this.#minSpeech);
  }

  /** Cuts at a silence where there was one, else here; says where speech goes on, if it does. */
  #cutLongSpeech(sample: number): number | undefined {
    const cut = this.#cut;
    this.#close(cut?.start ?? sample, true);
    this.#speechStart = cut?.end;
    return cut?.end;
  }

  #close(end: number, keep: boolean): void {
    const start = this.#speechStart!;
    this.#speechStart = undefined;
    this.#silenceStart = undefined;
    this.#cut = undefined;
    if (!keep) return;
    const next = { start, end };
    if (this.#pending) this.#separate(this.#pending, next);
    else next.start = Math.max(0, start - this.#pad);
    this.#pending = next;
  }

  /** Pads two neighbours, or shares a short silence between them. */
  #separate(previous: Span, next: Span): void {
    const silence = next.start - previous.end;
    const pad = Math.min(this.#pad, Math.floor(silence / 2));
    this.#settle(previous, previous.end + pad);
    next.start -= pad;
  }

  /** Lets the pending segment go when no other can begin before `nextStart`, far enough away. */
  #settleBefore(nextStart: number): void {
    if (this.#pending && nextStart >= this.#pending.end + 2 * this.#pad) {
      this.#settle(this.#pending, this.#pending.end + this.#pad);
    }
  }

  #settle(span: Span, end: number): void {
    this.#settled.push({ startSample: span.start, endSample: end });
    this.#pending = undefined;
  }

  #take(): SpeechSegment[] {
    const settled = this.#settled;
    this.#settled = [];
    return settled;
  }
}
