import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpeechError } from '../../../core/errors.ts';
import { decodeObservations, encodeObservations } from '../../../core/observation/observations-file.ts';
import type { Observations } from '../../../core/resolution/observations.ts';

const origin = { preset: 'embedded', models: [{ id: 'ge2e', task: 'speaker-embedding' }], provider: 'cpu' };

function observationsOf(chunkCount: number): Observations {
  return {
    sampleCount: 12_345,
    chunkCount,
    chunkSamples: 160_000,
    chunkHopSamples: 16_000,
    frameGrid: { startSeconds: 0, durationSeconds: 0.0619375, stepSeconds: 0.016875 },
    framesPerChunk: 7,
    localSpeakerCount: 3,
    activity: Uint8Array.from({ length: chunkCount * 7 }, (_, index) => index % 8),
    embeddingDimension: 5,
    embeddings: Float32Array.from({ length: chunkCount * 15 }, (_, index) =>
      index % 4 === 0 ? NaN : index / 3,
    ),
  };
}

function fileOf(chunkCount: number): Uint8Array {
  return Uint8Array.from(
    encodeObservations(observationsOf(chunkCount), origin).flatMap((piece) => [...piece]),
  );
}

describe('observations file', () => {
  it.each([0, 1, 3])('reads back what was written, NaN rows included (%i chunks)', (chunkCount) => {
    expect(decodeObservations(fileOf(chunkCount))).toEqual({
      observations: observationsOf(chunkCount),
      origin,
    });
  });

  it('keeps the segments of several scales', () => {
    const observations: Observations = {
      ...observationsOf(2),
      embeddings: Float32Array.from({ length: 20 }, (_, index) => index),
      scales: [
        { startSeconds: Float32Array.of(0.5), endSeconds: Float32Array.of(2) },
        { startSeconds: Float32Array.of(0, 0.25, 3), endSeconds: Float32Array.of(0.5, 0.75, 3.2) },
      ],
    };
    const bytes = Buffer.concat(encodeObservations(observations, origin));
    expect(decodeObservations(bytes)).toEqual({ observations, origin });
    expect(() => decodeObservations(bytes.subarray(0, -4))).toThrow(/may be truncated/);
    bytes.writeFloatLE(-1, bytes.length - 4);
    expect(() => decodeObservations(bytes)).toThrow(/ends before it begins/);
  });

  it('names the version of a file from the future', () => {
    const text = Buffer.from(fileOf(1)).toString('latin1').replace('"schemaVersion":1', '"schemaVersion":7');
    expect(() => decodeObservations(Buffer.from(text, 'latin1'))).toThrow(/version 7.*up to 3/);
  });

  it('reads a Buffer that lies anywhere in its memory', () => {
    const bytes = fileOf(2);
    const shifted = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3);
    expect(decodeObservations(shifted).observations).toEqual(observationsOf(2));
  });

  it('says that a truncated file may be truncated', () => {
    expect(() => decodeObservations(fileOf(3).subarray(0, -1))).toThrow(/may be truncated/);
  });

  it('refuses frames that name unknown speakers', () => {
    const bytes = fileOf(1);
    const activityStart = bytes.length - 15 * 4 - 8;
    bytes[activityStart] = 0b1000;
    expect(() => decodeObservations(bytes)).toThrow(/more than 3 local speakers/);
  });

  it('answers damaged files with a typed error or with what they still say, never otherwise', () => {
    const good = fileOf(2);
    fc.assert(
      fc.property(
        fc.nat(good.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(good.length),
        (at, value, end) => {
          const bytes = good.slice(0, end);
          if (at < end) bytes[at] = value;
          try {
            decodeObservations(bytes);
          } catch (error) {
            expect(isSpeechError(error) && error.code === 'invalid_file').toBe(true);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
