import { describe, expect, it } from 'vitest';
import { RegionFinder, type RegionRules } from '../../../../core/embedding/segments/region-finder.ts';
import { SegmentCutter, type ScaleSegment } from '../../../../core/embedding/segments/segment-cutter.ts';
import { joinRegionsLikeNemo } from '../../../../core/resolution/nme-spectral/speech-regions.ts';
import { cutRegion } from '../../../../core/resolution/nme-spectral/sub-segments.ts';
import type { Segment } from '../../../../core/timeline/turns.ts';
import { segmentSpeechLikeNemo } from '../../../../core/vad/nemo/post-processing.ts';
import { findPreset } from '../../../../core/diarization/presets.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const GRID = { startSeconds: 0, durationSeconds: 0.0619375, stepSeconds: 0.016875 };
const OFFSET_SECONDS = GRID.durationSeconds / 2;

function rulesOf(preset: string) {
  const { encoder } = findPreset(preset);
  if (encoder.kind !== 'scales') throw new Error('no preset over scales');
  return encoder.rules;
}

/** Speech and pauses of 0.1 to 6 s, and now and then a pause of a minute. */
function madeUpShares(seed: number, frameCount: number): Float32Array {
  const random = seededRandom(seed);
  const shares = new Float32Array(frameCount);
  let isSpeech = false;
  for (let frame = 0; frame < frameCount; isSpeech = !isSpeech) {
    const long = !isSpeech && random() < 0.1;
    const end = frame + Math.ceil((long ? 60 : 0.1 * 60 ** random()) / GRID.stepSeconds);
    for (; frame < Math.min(end, frameCount); frame++) {
      shares[frame] = Math.round(10 * (isSpeech ? 0.5 + random() / 2 : random() / 3)) / 10;
    }
  }
  return shares;
}

/** The same found at once, as NeMo does. */
function regionsAtOnce(shares: Float32Array, rules: RegionRules): Segment[] {
  const options = { ...rules, thresholdScale: 'absolute', compatible: false } as const;
  return joinRegionsLikeNemo(
    segmentSpeechLikeNemo(shares, GRID.stepSeconds, options).map(({ startSeconds, endSeconds }) => ({
      startSeconds: startSeconds + OFFSET_SECONDS,
      endSeconds: endSeconds + OFFSET_SECONDS,
    })),
  );
}

describe('segments of several scales, as a recording is heard', () => {
  it.each(['meeting', 'general', 'telephonic'])('%s: those of the whole recording', (preset) => {
    const { scales, regions: rules } = rulesOf(preset);
    for (const seed of [1, 2, 3]) {
      const random = seededRandom(seed);
      const shares = madeUpShares(seed, 40_000);
      const finder = new RegionFinder(GRID, rules);
      const cutter = new SegmentCutter(scales);
      const found: ScaleSegment[] = [];
      let mostKept = 0;
      for (let start = 0; start < shares.length;) {
        const end = Math.min(shares.length, start + 1 + Math.floor(400 * random()));
        const regions = finder.push(shares.subarray(start, end));
        found.push(...cutter.push(regions, finder.knownSeconds));
        start = end;
        mostKept = Math.max(
          mostKept,
          finder.knownSeconds - Math.min(cutter.neededFromSeconds, finder.undecidedFromSeconds),
        );
      }
      const last = finder.push(new Float32Array(0)).map((region) => ({ ...region, isOver: true }));
      found.push(...cutter.push(last, Infinity));
      const whole = regionsAtOnce(shares, rules);
      scales.forEach((scale, index) => {
        const expected = whole
          .flatMap((region) => cutRegion(region, scale))
          .map(({ startSeconds, durationSeconds }) => ({
            startSeconds: Math.fround(startSeconds),
            endSeconds: Math.fround(startSeconds + durationSeconds),
          }));
        const own = found.filter((segment) => segment.scale === index);
        expect(own.length).toBe(expected.length);
        own.forEach((segment, position) => {
          // Times of a later part of the recording are rounded on their own.
          expect(segment.startSeconds).toBeCloseTo(expected[position]!.startSeconds, 3);
          expect(segment.endSeconds).toBeCloseTo(expected[position]!.endSeconds, 3);
        });
      });
      // Audio is kept for the longest window and what the rules wait for, not for a region.
      expect(mostKept).toBeLessThan(12);
    }
  });
});
