import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PureStretchEncoder } from '../../../../core/embedding/pure-stretches/pure-stretch-encoder.ts';
import { startStream } from '../../../../core/embedding/stream-voices.ts';
import type { ChunkGeometry, SpeakerEncoder } from '../../../../core/embedding/speaker-encoder.ts';
import type { Session } from '../../../../core/inference/session.ts';
import { cosineSimilarity } from '../../../../core/math/vector.ts';
import { openCampplusTrunk } from '../../../support/campplus.ts';
import { TWO_SPEAKERS } from '../../../support/sample-voices.ts';

const SECOND = 16_000;
const GEOMETRY: ChunkGeometry = {
  chunkSamples: 10 * SECOND,
  chunkHopSamples: SECOND,
  framesPerChunk: 500,
  frameGrid: { startSeconds: 0.01, durationSeconds: 0.02, stepSeconds: 0.02 },
  localSpeakerCount: 3,
};
/** Turns of the sample, in samples: who was told apart by ear. */
const FIRST = [0.6, 7] as const;
const SECOND_VOICE = [8.8, 13] as const;
const LAST = 13 * SECOND;

function speech(): Float32Array {
  const bytes = readFileSync(TWO_SPEAKERS).subarray(44, 44 + 2 * LAST);
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  return Float32Array.from(samples, (value) => value / 32_768);
}

/** A window of the sample, silence before its start, with its two speakers as locals 0 and 1. */
function windowAt(all: Float32Array, endSample: number) {
  const { chunkSamples, framesPerChunk } = GEOMETRY;
  const samples = new Float32Array(chunkSamples);
  const start = endSample - chunkSamples;
  samples.set(all.subarray(Math.max(0, start), endSample), Math.max(0, -start));
  const activity = Uint8Array.from({ length: framesPerChunk }, (_, frame) => {
    const seconds = (start + (frame + 0.5) * (chunkSamples / framesPerChunk)) / SECOND;
    const isIn = ([from, to]: readonly [number, number]): boolean => seconds >= from && seconds < to;
    return (isIn(FIRST) ? 1 : 0) | (isIn(SECOND_VOICE) ? 2 : 0);
  });
  return { samples, endSample, activity };
}

describe('pure stretches, from a stream', () => {
  let session: Session;
  let encoder: PureStretchEncoder;
  beforeAll(async () => {
    const trunk = await openCampplusTrunk();
    session = trunk.session;
    encoder = new PureStretchEncoder(session, trunk.pooling);
  });
  afterAll(() => session.release());

  it('hears the voices that windows by themselves give, and tells people apart', async () => {
    const all = speech();
    const alone: SpeakerEncoder = {
      modelId: encoder.modelId,
      dimension: encoder.dimension,
      lookaheadSamples: encoder.lookaheadSamples,
      start: (geometry) => encoder.start(geometry),
    };
    const [stream, windows] = [startStream(encoder, GEOMETRY), startStream(alone, GEOMETRY)];
    const heard: Float32Array[] = [];
    for (let end = SECOND / 2; end <= LAST; end += SECOND / 2) {
      const block = all.subarray(end - SECOND / 2, end);
      stream.push(block);
      const window = windowAt(all, end);
      const voiceOf = await stream.hear(window);
      if (end !== 6 * SECOND && end !== LAST) continue;
      const expected = await windows.hear(window);
      for (const local of end === LAST ? [0, 1] : [0]) {
        const [voice, whole] = [await voiceOf(local, 10), await expected(local, 10)];
        expect(cosineSimilarity(voice!, whole!), `local ${local} at ${end / SECOND} s`).toBeGreaterThan(0.9);
      }
      const voice = await voiceOf(end === LAST ? 1 : 0, 10);
      heard.push(voice!);
    }
    expect(cosineSimilarity(heard[0]!, heard[1]!)).toBeLessThan(0.5);
  });

  it('has no voice of somebody who was not heard', async () => {
    const stream = startStream(encoder, GEOMETRY);
    const all = speech();
    stream.push(all.subarray(0, 4 * SECOND));
    const voiceOf = await stream.hear(windowAt(all, 4 * SECOND));
    expect(await voiceOf(2, 10)).toBeUndefined();
    expect(await voiceOf(1, 10)).toBeUndefined();
  });
});
