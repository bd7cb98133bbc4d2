import { describe, expect, it } from 'vitest';
import { ScaleEncoder } from '../../../../core/embedding/segments/scale-encoder.ts';
import type { SegmentEncoder } from '../../../../core/embedding/segments/segment-encoder.ts';
import type { ChunkGeometry } from '../../../../core/embedding/speaker-encoder.ts';
import { joinRows } from '../../../support/join-rows.ts';

/** A sample's value is its place in the recording in seconds; a segment's vector is its first and last sample. */
const PLACES: SegmentEncoder = {
  modelId: 'places',
  dimension: 2,
  embed: (segments) => Promise.resolve(joinRows(segments.map((audio) => [audio[0]!, audio.at(-1)!]))),
};
const GEOMETRY: ChunkGeometry = {
  chunkSamples: 160_000,
  chunkHopSamples: 16_000,
  framesPerChunk: 589,
  frameGrid: { startSeconds: 0, durationSeconds: 0.0619375, stepSeconds: 0.016875 },
  localSpeakerCount: 3,
};
const RULES = {
  scales: [
    { windowSeconds: 1.5, shiftSeconds: 0.75 },
    { windowSeconds: 0.5, shiftSeconds: 0.25 },
  ],
  regions: {
    onset: 0.5,
    offset: 0.5,
    padStartSeconds: 0,
    padEndSeconds: 0,
    minSpeechSeconds: 0,
    minSilenceSeconds: 0.3,
    dropShortFirst: true,
  },
};

async function observed(encoder: SegmentEncoder, seconds: number, speech: readonly [number, number][]) {
  const recording = new ScaleEncoder(encoder, RULES).start(GEOMETRY);
  const samples = Float32Array.from({ length: 16_000 * seconds }, (_, index) => index / 16_000);
  for (let start = 0; start < samples.length; start += 4000)
    recording.push(samples.subarray(start, start + 4000));
  recording.finish();
  const chunkCount = Math.max(1, seconds - 9);
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    const activity = Uint8Array.from({ length: 589 }, (_, frame) => {
      const place = chunk + frame * 0.016875 + 0.031;
      return speech.some(([start, end]) => place >= start && place < end) ? 1 : 0;
    });
    expect(await recording.embed([{ startSample: 16_000 * chunk, activity }])).toHaveLength(0);
  }
  return { vectors: await recording.rest(), scales: recording.segments!() };
}

describe('ScaleEncoder', () => {
  it('embeds the audio of each segment, scale by scale and by time', async () => {
    const { vectors, scales } = await observed(PLACES, 30, [
      [2, 6],
      [20, 24.3],
    ]);
    expect(scales.map(({ startSeconds }) => startSeconds.length)).toEqual([10, 33]);
    let row = 0;
    for (const { startSeconds, endSeconds } of scales) {
      startSeconds.forEach((start, index) => {
        if (index > 0) expect(start).toBeGreaterThan(startSeconds[index - 1]!);
        // float32 places of samples, and lengths are truncated to whole samples
        expect(vectors[2 * row]).toBeCloseTo(start, 3);
        expect(vectors[2 * row + 1]).toBeCloseTo(endSeconds[index]! - 1 / 16_000, 3);
        row++;
      });
    }
    expect(vectors).toHaveLength(2 * row);
  });

  it('hears nothing in silence, and ends with the recording', async () => {
    const silent = await observed(PLACES, 12, []);
    expect(silent.vectors).toHaveLength(0);
    expect(silent.scales.map(({ endSeconds }) => endSeconds.length)).toEqual([0, 0]);
    const toTheEnd = await observed(PLACES, 12, [[8, 13]]);
    // The last frame of the last chunk ends a little earlier.
    expect(Math.max(...toTheEnd.scales[1]!.endSeconds)).toBeCloseTo(12, 1);
  });

  it('takes a vector that says nothing for none', async () => {
    const nothing: SegmentEncoder = {
      ...PLACES,
      embed: (segments) => Promise.resolve(new Float32Array(2 * segments.length).fill(NaN)),
    };
    const { vectors } = await observed(nothing, 12, [[2, 6]]);
    expect(vectors.length).toBeGreaterThan(0);
    expect(vectors.every((value) => value === 0)).toBe(true);
  });
});
