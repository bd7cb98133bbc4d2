import { describe, expect, it } from 'vitest';
import { cutRegion } from '../../../../core/resolution/nme-spectral/sub-segments.ts';
import type { Observations } from '../../../../core/resolution/observations.ts';
import { DEFAULT_RESOLUTION_OPTIONS } from '../../../../core/resolution/resolution-options.ts';
import { resolve } from '../../../../core/resolution/resolve.ts';
import { DEFAULT_NME_SPECTRAL_OPTIONS } from '../../../../core/resolution/scales/nme-spectral-options.ts';
import type { Turn } from '../../../../core/timeline/turns.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

const STEP_SECONDS = 0.1;
const DIMENSION = 16;
const SCALES = [
  { windowSeconds: 1.5, shiftSeconds: 0.75 },
  { windowSeconds: 0.5, shiftSeconds: 0.25 },
];
const OPTIONS = {
  ...DEFAULT_RESOLUTION_OPTIONS,
  clustering: { ...DEFAULT_NME_SPECTRAL_OPTIONS, scaleWeights: [1, 1] },
};

type Talk = { readonly start: number; readonly end: number; readonly voice: number };

/** A recording in which it is known who speaks: chunks of 10 s, frames of 0.1 s, a noisy axis for each voice. */
function recordingOf(talks: readonly Talk[], noise = 0.3): Observations {
  const random = seededRandom(11);
  const seconds = Math.ceil(Math.max(0, ...talks.map(({ end }) => end)) + 1);
  const chunkCount = Math.max(1, seconds - 9);
  const activity = new Uint8Array(chunkCount * 100);
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    const locals: number[] = [];
    for (let frame = 0; frame < 100; frame++) {
      const place = chunk + (frame + 0.5) * STEP_SECONDS;
      for (const { start, end, voice } of talks) {
        if (place < start || place >= end) continue;
        if (!locals.includes(voice)) locals.push(voice);
        activity[chunk * 100 + frame]! |= 1 << locals.indexOf(voice);
      }
    }
  }
  const vectors: number[] = [];
  const scales = SCALES.map((scale) => {
    const segments = talks.flatMap(({ start, end, voice }) =>
      cutRegion({ startSeconds: start, endSeconds: end }, scale).map((segment) => ({ ...segment, voice })),
    );
    for (const { voice } of segments) {
      for (let k = 0; k < DIMENSION; k++) vectors.push((k === voice ? 1 : 0) + noise * (random() - 0.5));
    }
    return {
      startSeconds: Float32Array.from(segments, ({ startSeconds }) => startSeconds),
      endSeconds: Float32Array.from(segments, (own) => own.startSeconds + own.durationSeconds),
    };
  });
  return {
    sampleCount: seconds * 16_000,
    chunkCount,
    chunkSamples: 160_000,
    chunkHopSamples: 16_000,
    frameGrid: { startSeconds: 0, durationSeconds: STEP_SECONDS, stepSeconds: STEP_SECONDS },
    framesPerChunk: 100,
    localSpeakerCount: 4,
    activity,
    embeddingDimension: DIMENSION,
    embeddings: Float32Array.from(vectors),
    scales,
  };
}

/** Turns of 4 s, voice after voice. */
function roundOf(voices: number, turns: number): Talk[] {
  return Array.from({ length: turns }, (_, turn) => ({
    start: 4 * turn,
    end: 4 * turn + 4,
    voice: turn % voices,
  }));
}

function withVectors(recording: Observations, value: number): Observations {
  return { ...recording, embeddings: recording.embeddings.map(() => value) };
}

function secondsOf(turns: readonly Turn[], speaker: string): number {
  return turns
    .filter((turn) => turn.speaker === speaker)
    .reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0);
}

describe('speakers of segments at several scales', () => {
  it.each([3, 5])('finds %i voices', (voices) => {
    const { speakers, turns } = resolve(recordingOf(roundOf(voices, 15)), OPTIONS);
    expect(speakers.map(({ label }) => label)).toHaveLength(voices);
    for (const { label, centroid } of speakers) {
      expect(secondsOf(turns, label)).toBeCloseTo(60 / voices, 0);
      expect(centroid).toHaveLength(DIMENSION);
    }
  });

  it('puts back the overlap that segmentation heard, to the right voice', () => {
    // Segments know one voice at a time; the chunks hear the other one as well.
    const talks = roundOf(2, 20);
    const heard = recordingOf([...talks, { start: 30, end: 31.5, voice: 0 }]);
    const { scales, embeddings } = recordingOf(talks);
    const { turns } = resolve({ ...heard, scales: scales!, embeddings }, OPTIONS);
    const at = (seconds: number): string[] =>
      turns
        .filter(({ startSeconds, endSeconds }) => startSeconds <= seconds && seconds < endSeconds)
        .map(({ speaker }) => speaker);
    expect(at(31).sort()).toEqual(['SPEAKER_00', 'SPEAKER_01']);
    expect(at(29)).toEqual(['SPEAKER_01']);
  });

  it('meets bounds on the number of speakers', () => {
    const recording = recordingOf(roundOf(3, 12));
    const countWith = (bounds: object): number =>
      resolve(recording, { ...OPTIONS, ...bounds }).speakers.length;
    expect(countWith({ numSpeakers: 3 })).toBe(3);
    expect(countWith({ numSpeakers: 1 })).toBe(1);
    expect(countWith({ maxSpeakers: 2 })).toBeLessThanOrEqual(2);
    expect(countWith({ minSpeakers: 4 })).toBeGreaterThanOrEqual(3);
  });

  it('takes more voices than it may count for as many as it may', () => {
    const clustering = { ...OPTIONS.clustering, maxSpeakers: 3 };
    const { speakers } = resolve(recordingOf(roundOf(6, 18)), { ...OPTIONS, clustering });
    expect(speakers.length).toBeGreaterThan(0);
    expect(speakers.length).toBeLessThanOrEqual(3);
  });

  it.each([
    ['one segment', recordingOf([{ start: 1, end: 1.4, voice: 0 }])],
    ['identical vectors', withVectors(recordingOf(roundOf(1, 8)), 1)],
    ['vectors of zeros', withVectors(recordingOf(roundOf(1, 8)), 0)],
  ])('%s: one speaker with all the speech', (_, recording) => {
    const { speakers, turns } = resolve(recording, OPTIONS);
    expect(speakers.map(({ label }) => label)).toEqual(['SPEAKER_00']);
    expect(turns.length).toBeGreaterThan(0);
  });

  it('says nobody where nobody speaks, and names the only one where no segment is long enough', () => {
    expect(resolve(recordingOf([]), OPTIONS).turns).toEqual([]);
    const short = recordingOf([{ start: 1, end: 1.2, voice: 0 }]);
    const empty = { startSeconds: new Float32Array(0), endSeconds: new Float32Array(0) };
    const { turns } = resolve({ ...short, scales: [empty, empty], embeddings: new Float32Array(0) }, OPTIONS);
    expect(turns.map(({ speaker }) => speaker)).toEqual(['SPEAKER_00']);
  });

  it('refuses observations of other scales, or of none', () => {
    const recording = recordingOf(roundOf(2, 4));
    const three = { ...OPTIONS, clustering: { ...OPTIONS.clustering, scaleWeights: [1, 1, 1] } };
    expect(() => resolve(recording, three)).toThrow(/3 scales, got 2/);
    const { scales: _, ...rest } = recording;
    const without = { ...rest, embeddings: new Float32Array(rest.chunkCount * 4 * DIMENSION) };
    expect(() => resolve(without, OPTIONS)).toThrow(/2 scales, got none/);
    expect(() => resolve(recording, DEFAULT_RESOLUTION_OPTIONS)).toThrow(/such as meeting/);
  });
});
