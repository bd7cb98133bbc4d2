import { frameMiddleSeconds, type SlidingWindow } from '../../timeline/sliding-window.ts';
import type { Segment } from '../../timeline/turns.ts';
import type { FrameActivity } from './reconstruct.ts';

/** Shorter regions are no segments (`SEGMENT_PRECISION` of pyannote.core). */
const SHORTEST_SEGMENT_SECONDS = 1e-6;

export type BinarizeOptions = {
  readonly minDurationOnSeconds: number;
  readonly minDurationOffSeconds: number;
  /** Nothing reaches past this; absent: the last frame does. */
  readonly endSeconds?: number;
};

/**
 * The segments in which one speaker is active.
 *
 * A frame stands for its middle: a segment starts at the middle of its first active frame and ends at the middle of
 * the first inactive one after it, or of the last frame of all. Then gaps shorter than `minDurationOffSeconds` are
 * filled, and after that segments shorter than `minDurationOnSeconds` dropped.
 *
 * @see pyannote.audio `utils.signal.Binarize`; its onset and offset of 0.5 change nothing on decisions of 0 and 1
 */
export function binarize(
  activity: FrameActivity,
  speaker: number,
  grid: SlidingWindow,
  options: BinarizeOptions,
): Segment[] {
  const { minDurationOnSeconds, minDurationOffSeconds, endSeconds = Infinity } = options;
  const regions = activeRegions(activity, speaker, grid)
    .map(({ startSeconds, endSeconds: end }) => ({ startSeconds, endSeconds: Math.min(end, endSeconds) }))
    .filter(({ startSeconds, endSeconds: end }) => end - startSeconds > SHORTEST_SEGMENT_SECONDS);
  return fillGaps(regions, minDurationOffSeconds).filter(
    ({ startSeconds, endSeconds: end }) => end - startSeconds >= minDurationOnSeconds,
  );
}

function activeRegions(activity: FrameActivity, speaker: number, grid: SlidingWindow): Segment[] {
  const { data, frameCount, speakerCount } = activity;
  const regions: Segment[] = [];
  let firstActive = -1;
  for (let frame = 0; frame < frameCount; frame += 1) {
    const active = data[frame * speakerCount + speaker] === 1;
    const isLast = frame === frameCount - 1;
    if (active && firstActive === -1) firstActive = frame;
    if (firstActive === -1 || (active && !isLast)) continue;
    regions.push({
      startSeconds: frameMiddleSeconds(grid, firstActive),
      endSeconds: frameMiddleSeconds(grid, frame),
    });
    firstActive = -1;
  }
  return regions;
}

function fillGaps(segments: readonly Segment[], minGapSeconds: number): Segment[] {
  const filled: Segment[] = [];
  for (const segment of segments) {
    const previous = filled.at(-1);
    if (previous !== undefined && segment.startSeconds - previous.endSeconds < minGapSeconds) {
      filled[filled.length - 1] = { startSeconds: previous.startSeconds, endSeconds: segment.endSeconds };
    } else {
      filled.push(segment);
    }
  }
  return filled;
}
