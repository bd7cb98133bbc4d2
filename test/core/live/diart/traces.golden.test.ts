import { describe, expect, it } from 'vitest';
import { roundTurns, rttmOfTurns, TurnAccumulator } from '../../../../core/live/diart/accumulate-turns.ts';
import { timedScores } from '../../../../core/live/diart/diart-clock.ts';
import { DiartTracker } from '../../../../core/live/diart/diart-tracker.ts';
import type { SpeakerTurn } from '../../../../core/live/diart/turns-of-scores.ts';
import { diartTraces } from '../../../support/diart-goldens.ts';
import { toNumbers } from '../../../support/npy.ts';

const CHUNK_SAMPLES = 80_000;

describe.each(diartTraces().map((trace) => [trace.name, trace] as const))('diart 0.9.2: %s', (_, trace) => {
  const { settings, recording } = trace;
  const [left] = toNumbers(trace.own('padding'));
  const frameCounts = toNumbers(trace.own('agg_frames'));
  const [, frames, locals] = trace.input('segmentation').shape as [number, number, number];
  const dimension = trace.input('embeddings').shape[2]!;
  const segmentation = trace.input('segmentation').data as Float32Array;
  const embeddings = trace.input('embeddings').data as Float32Array;
  const starts = toNumbers(trace.input('chunk_start'));
  const tracker = new DiartTracker({ ...settings, shiftSeconds: -left! });

  const maps: number[][] = [];
  const centres: Float64Array[] = [];
  const scores: Float64Array[] = [];
  const regionStarts: number[] = [];
  const steps: (readonly SpeakerTurn[])[] = [];
  for (let step = 0; step < frameCounts.length; step += 1) {
    const local = segmentation.subarray(step * frames * locals, (step + 1) * frames * locals);
    const vectors = embeddings.subarray(step * locals * dimension, (step + 1) * locals * dimension);
    const {
      map,
      scores: told,
      turns,
    } = tracker.step(
      timedScores(local, locals, { startSeconds: starts[step]!, sampleCount: CHUNK_SAMPLES }),
      { data: vectors, rows: locals, columns: dimension },
    );
    const row = Array.from({ length: locals }, () => -1);
    for (const [from, to] of map.assignments()) row[from] = to;
    maps.push(row);
    centres.push(tracker.clustering.centres!.data.slice());
    scores.push(told.data as Float64Array);
    regionStarts.push(told.window.startSeconds);
    steps.push(turns);
  }

  it('assigns the same speakers', () => {
    const expected = toNumbers(trace.ofSet('map')).subarray(0, maps.length * locals);
    expect(maps.flat()).toEqual([...expected]);
  });

  it('moves the same centres', () => {
    const golden = trace.ofSet('centers_first20');
    const [count, known] = golden.shape as [number, number];
    const expected = toNumbers(golden);
    for (let step = 0; step < Math.min(count, centres.length); step += 1) {
      const size = known * dimension;
      expect(centres[step]!.subarray(0, size)).toEqual(expected.subarray(step * size, (step + 1) * size));
    }
  });

  it('tells the same scores', () => {
    const golden = trace.own('agg');
    const known = golden.shape[1]!;
    const expected = toNumbers(golden);
    const offsets = toNumbers(trace.own('agg_offset'));
    expect(regionStarts).toEqual([...toNumbers(trace.own('agg_start'))]);
    scores.forEach((told, step) => {
      const columns = settings.maxSpeakers;
      expect(told.length / columns).toBe(frameCounts[step]);
      let worst = 0;
      for (let i = 0; i < frameCounts[step]! * known; i += 1) {
        const ours = told[Math.floor(i / known) * columns + (i % known)]!;
        worst = Math.max(worst, Math.abs(ours - expected[offsets[step]! * known + i]!));
      }
      expect(worst, `step ${step}`).toBeLessThan(1e-12);
    });
  });

  it('tells the same turns, to the bit', () => {
    const flat = steps.flatMap((turns, step) =>
      turns.map(({ startSeconds, endSeconds, speaker }) => [step, startSeconds, endSeconds, speaker]),
    );
    expect(flat.flat()).toEqual([...toNumbers(trace.own('turns'))]);
  });

  it('writes the same RTTM', () => {
    const all = new TurnAccumulator();
    for (const turns of steps) all.add(turns);
    const uri = recording.replace('-soft', '');
    expect(rttmOfTurns(all.merged(), uri)).toBe(trace.rttm);
    const rounded = new TurnAccumulator();
    for (const turns of steps) rounded.add(roundTurns(turns));
    expect(rttmOfTurns(rounded.merged(), uri)).toBe(trace.writerRttm ?? trace.rttm);
  });
});
