import { describe, expect, it } from 'vitest';
import { DEFAULT_PURE_STRETCH_RULES } from '../../../../core/embedding/pure-stretches/pure-stretch-rules.ts';
import {
  frameMiddleSample,
  type FrameSpan,
  piecesOf,
  StretchFinder,
} from '../../../../core/embedding/pure-stretches/stretch-finder.ts';
import type { ChunkGeometry } from '../../../../core/embedding/speaker-encoder.ts';
import { createRandom } from '../../../../core/math/random.ts';

const geometry: ChunkGeometry = {
  chunkSamples: 160_000,
  chunkHopSamples: 16_000,
  framesPerChunk: 589,
  frameGrid: { startSeconds: 0, durationSeconds: 991 / 16_000, stepSeconds: 270 / 16_000 },
  localSpeakerCount: 3,
};
const rules = DEFAULT_PURE_STRETCH_RULES;

function stretchesOf(chunks: readonly Uint8Array[], frameCount: number): FrameSpan[] {
  const finder = new StretchFinder(rules, geometry);
  const spans = chunks.flatMap((activity, index) =>
    finder.push({ startSample: index * geometry.chunkHopSamples, activity }, frameCount),
  );
  return [...spans, ...finder.finish(frameCount)];
}

/** The method as its authors wrote it: all frames at once, then all stretches. `code/pure.py` of the shared folder. */
function stretchesAtOnce(chunks: readonly Uint8Array[], frameCount: number): FrameSpan[] {
  const seconds = (frame: number) => 0.0125 + 0.01 * frame;
  const bitsAt = (chunk: number, time: number) => {
    const frame = Math.round((time - chunk - 0.0309688) / 0.016875);
    return chunks[chunk]![Math.min(588, Math.max(0, frame))]!;
  };
  const found: FrameSpan[] = [];
  let open: { start: number; end: number; ended: boolean } | undefined;
  for (let frame = 0; frame < frameCount; frame++) {
    const chunk = Math.min(chunks.length - 1, Math.max(0, Math.round(seconds(frame) - 5)));
    const bits = bitsAt(chunk, seconds(frame));
    if ([1, 2, 4].includes(bits)) {
      if (open !== undefined) {
        const before = bitsAt(chunk, seconds(open.end - 1));
        if (before === bits && frame - open.end <= 50 && !open.ended) {
          open.end = frame + 1;
          continue;
        }
        found.push(open);
      }
      open = { start: frame, end: frame + 1, ended: false };
    } else if (bits !== 0 && open !== undefined) open.ended = true;
  }
  if (open !== undefined) found.push(open);
  return found.flatMap((span) => piecesOf(span, rules));
}

/** One conversation as overlapping chunks hear it, with numbers of their own and now and then a mistake. */
function madeUpChunks(seed: number, chunkCount: number): Uint8Array[] {
  const random = createRandom(seed);
  const truth: number[] = [];
  while (truth.length < (chunkCount + 10) * 60) {
    const speakers = random() < 0.25 ? 0 : random() < 0.15 ? 3 : random() < 0.5 ? 1 : 2;
    const frames = Math.floor(5 + random() * (speakers === 0 ? 50 : 400));
    for (let frame = 0; frame < frames; frame++) truth.push(speakers);
  }
  return Array.from({ length: chunkCount }, (_, chunk) => {
    const swapped = random() < 0.5;
    return Uint8Array.from({ length: 589 }, (_value, frame) => {
      const bits =
        random() < 0.01 ? Math.floor(random() * 8) : truth[Math.round((chunk * 16_000) / 270) + frame]!;
      return swapped ? ((bits & 1) << 1) | ((bits & 2) >> 1) | (bits & 4) : bits;
    });
  });
}

describe('StretchFinder', () => {
  it('finds chunk by chunk what the method finds with everything before it', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const chunks = madeUpChunks(seed, 40);
      const frameCount = 4_900 - 7 * seed;
      const found = stretchesOf(chunks, frameCount);
      expect(found.length).toBeGreaterThan(10);
      expect(found).toEqual(stretchesAtOnce(chunks, frameCount));
    }
  });

  it('never gives a frame that was not heard', () => {
    const everybody = new Uint8Array(589).fill(1);
    const found = stretchesOf([everybody], 321);
    expect(found.at(-1)!.end).toBe(321);
  });

  it('knows what it has decided: no later stretch begins before', () => {
    const finder = new StretchFinder(rules, geometry);
    let decided = 0;
    madeUpChunks(3, 60).forEach((activity, index) => {
      const startSample = index * geometry.chunkHopSamples;
      for (const span of finder.push({ startSample, activity }, 100_000)) {
        expect(span.start).toBeGreaterThanOrEqual(decided);
        expect(span.end).toBeLessThanOrEqual(finder.decidedFrames + 3_000);
      }
      decided = finder.decidedFrames;
      // A monologue may hold back at most half a minute, a pause and half a chunk.
      const heard = startSample + geometry.chunkSamples;
      expect(heard - frameMiddleSample(decided)).toBeLessThan((30 + 0.5 + 5 + 1) * 16_000);
    });
  });
});

describe('piecesOf', () => {
  it('cuts evenly, at most 3 s each, and leaves out what is shorter than 0.3 s', () => {
    expect(piecesOf({ start: 10, end: 311 }, rules)).toEqual([
      { start: 10, end: 160 },
      { start: 160, end: 311 },
    ]);
    expect(piecesOf({ start: 10, end: 310 }, rules)).toEqual([{ start: 10, end: 310 }]);
    expect(piecesOf({ start: 0, end: 29 }, rules)).toEqual([]);
  });
});
