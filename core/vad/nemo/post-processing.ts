import { InvalidInputError } from '../../errors.ts';
import type { Segment } from '../../timeline/turns.ts';

/** What the thresholds are shares of: 1, the range of the recording's probabilities, or that of their middle 98 %. */
export const THRESHOLD_SCALES = ['absolute', 'relative', 'percentile'] as const;

/** How NeMo turns speech probabilities into segments; its names stand behind each. */
export type NemoVadOptions = {
  /** A segment opens above this (`onset`). */
  readonly onset: number;
  /** It closes below this (`offset`). */
  readonly offset: number;
  /** Added before each segment; may be negative (`pad_onset`). */
  readonly padStartSeconds: number;
  /** Added behind it (`pad_offset`). */
  readonly padEndSeconds: number;
  /** Shorter segments are dropped (`min_duration_on`). */
  readonly minSpeechSeconds: number;
  /** Shorter gaps are filled (`min_duration_off`). */
  readonly minSilenceSeconds: number;
  /** Short segments are dropped before gaps are filled, else after (`filter_speech_first`). */
  readonly dropShortFirst: boolean;
  /** `scale`. NeMo: absolute. */
  readonly thresholdScale: (typeof THRESHOLD_SCALES)[number];
  /**
   * `true`: of segments that padding joins, the end of the one that begins last counts, even where another reaches
   * further; of those that begin together, the first found is taken last. So speech at the very beginning can be lost.
   * `false`: the furthest end.
   */
  readonly compatible: boolean;
};

/** The one unit that NeMo adds to each written duration, whatever the frame. */
const WRITTEN_UNIT_SECONDS = Math.fround(0.01);

/**
 * Speech segments by two thresholds, padding and minimum lengths, as NeMo writes them: the last segment ends a frame
 * early where speech never stops, each is 0.01 s longer than was found, and times are float32.
 *
 * @param probabilities one a frame, in [0, 1], float32
 * @param frameSeconds  from one probability to the next
 * @see NeMo 2.7.3 `generate_vad_segment_table_per_tensor`; G. Gelly & J.-L. Gauvain, "Minimum word error training of
 *   RNN-based voice activity detection", Interspeech 2015
 */
export function segmentSpeechLikeNemo(
  probabilities: Float32Array,
  frameSeconds: number,
  options: NemoVadOptions,
): Segment[] {
  const found = filterSegments(findSpeech(probabilities, frameSeconds, options), options);
  const starts = found.map(({ startSeconds }) => startSeconds).sort((a, b) => a - b);
  const ends = found.map(({ endSeconds }) => endSeconds).sort((a, b) => a - b);
  return starts.map((startSeconds, index) => ({
    startSeconds,
    endSeconds: startSeconds + writtenSeconds(startSeconds, ends[index]!),
  }));
}

/** Duration of a segment as NeMo writes it. */
function writtenSeconds(startSeconds: number, endSeconds: number): number {
  return Math.fround(Math.fround(endSeconds - startSeconds) + WRITTEN_UNIT_SECONDS);
}

/** The same before short segments and gaps are looked at. */
export function findSpeech(
  probabilities: Float32Array,
  frameSeconds: number,
  options: NemoVadOptions,
): Segment[] {
  const { padStartSeconds, padEndSeconds } = options;
  const { onset, offset } = thresholdsOf(probabilities, options);
  const segments: Segment[] = [];
  const close = (first: number, frame: number, keepEmpty: boolean): void => {
    const startSeconds = Math.max(0, first * frameSeconds - padStartSeconds);
    const endSeconds = frame * frameSeconds + padEndSeconds;
    if (endSeconds <= startSeconds && !keepEmpty) return;
    segments.push({ startSeconds: Math.fround(startSeconds), endSeconds: Math.fround(endSeconds) });
  };
  let first = -1;
  probabilities.forEach((probability, frame) => {
    if (first === -1 && probability > onset) first = frame;
    else if (first !== -1 && probability < offset) {
      close(first, frame, false);
      first = -1;
    }
  });
  if (first !== -1) close(first, probabilities.length - 1, true);
  return mergeOverlapping(segments, options.compatible);
}

/** Thresholds in the scale of the recording, rounded to float32 as they are compared. */
export function thresholdsOf(
  probabilities: Float32Array,
  { onset, offset, thresholdScale }: NemoVadOptions,
): { onset: number; offset: number } {
  const [lowest, highest] = rangeOf(probabilities, thresholdScale);
  const scaled = (threshold: number): number => {
    // Ends of the range are float32 with `relative`, doubles with `percentile`.
    if (thresholdScale !== 'relative') return Math.fround(lowest + threshold * (highest - lowest));
    return Math.fround(lowest + Math.fround(threshold * Math.fround(highest - lowest)));
  };
  return { onset: scaled(onset), offset: scaled(offset) };
}

function rangeOf(probabilities: Float32Array, scale: NemoVadOptions['thresholdScale']): [number, number] {
  if (scale === 'absolute' || probabilities.length === 0) return [0, 1];
  const sorted = probabilities.toSorted();
  const percentile = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
  return scale === 'relative' ? [sorted[0]!, sorted.at(-1)!] : [percentile(0.01), percentile(0.99)];
}

function filterSegments(segments: Segment[], options: NemoVadOptions): Segment[] {
  const { minSpeechSeconds, minSilenceSeconds, compatible } = options;
  return options.dropShortFirst
    ? fillGaps(dropShort(segments, minSpeechSeconds), minSilenceSeconds, compatible)
    : dropShort(fillGaps(segments, minSilenceSeconds, compatible), minSpeechSeconds);
}

function dropShort(segments: Segment[], minSeconds: number): Segment[] {
  if (minSeconds <= 0) return segments;
  return segments.filter((segment) => lengthOf(segment) >= Math.fround(minSeconds));
}

function fillGaps(segments: Segment[], minSeconds: number, compatible: boolean): Segment[] {
  if (minSeconds <= 0) return segments;
  const sorted = segments.toSorted((a, b) => a.startSeconds - b.startSeconds);
  const gaps = sorted.slice(1).map(({ startSeconds }, index) => ({
    startSeconds: sorted[index]!.endSeconds,
    endSeconds: startSeconds,
  }));
  const short = gaps.filter((gap) => lengthOf(gap) < Math.fround(minSeconds));
  return mergeOverlapping([...segments, ...short], compatible);
}

function lengthOf({ startSeconds, endSeconds }: Segment): number {
  return Math.fround(endSeconds - startSeconds);
}

/** Joins segments of which one begins before or where the other ends. */
function mergeOverlapping(segments: Segment[], compatible: boolean): Segment[] {
  // With equal starts torch's unstable sort takes the later one first.
  const sorted = segments
    .toReversed()
    .sort((a, b) => a.startSeconds - b.startSeconds || (compatible ? 0 : a.endSeconds - b.endSeconds));
  const merged: Segment[] = [];
  let reachedSeconds = -Infinity;
  for (const segment of sorted) {
    const last = merged.at(-1);
    const isJoined = last !== undefined && reachedSeconds >= segment.startSeconds;
    reachedSeconds =
      compatible || !isJoined ? segment.endSeconds : Math.max(reachedSeconds, segment.endSeconds);
    if (isJoined) merged[merged.length - 1] = { ...last, endSeconds: reachedSeconds };
    else merged.push(segment);
  }
  return merged;
}

/**
 * @throws InvalidInputError `invalid_option`
 */
export function checkNemoVadOptions(options: NemoVadOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (typeof value !== 'number') continue;
    const isThreshold = name === 'onset' || name === 'offset';
    const lowest = name.startsWith('pad') ? -10 : 0;
    if (value >= lowest && value <= (isThreshold ? 1 : 60)) continue;
    throw new InvalidInputError(
      'invalid_option',
      `Expected ${name} from ${lowest} to ${isThreshold ? 1 : 60}, got ${value}.`,
      { details: { option: name } },
    );
  }
}
