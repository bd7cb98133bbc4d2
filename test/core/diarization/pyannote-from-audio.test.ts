import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiarizedRecording } from '../../../core/diarization/diarize.ts';
import type { DiarizationModels } from '../../../core/diarization/diarization-models.ts';
import { readRttm } from '../../../core/formats/annotations/rttm.ts';
import { diarizationError } from '../../../core/metrics/diarization/diarization-error.ts';
import { cosineOf } from '../../support/close-to.ts';
import { diarizeFile, openEmbeddedDiarization } from '../../support/diarization-recordings.ts';
import { ge2eRecordings } from '../../support/recorded-pipelines.ts';
import { findRecording } from '../../support/find-recording.ts';

/**
 * The whole way from audio to RTTM against the original pyannote.audio 4.0.4 with the same two networks. Stages that
 * start from recorded arrays are in test/core/resolution; this one adds decoding, segmentation and embedding.
 */
describe('the pyannote-ge2e preset, from audio', () => {
  let models: DiarizationModels;
  beforeAll(async () => {
    models = await openEmbeddedDiarization('pyannote-ge2e');
  });
  afterAll(() => models.release());

  for (const recorded of ge2eRecordings()) {
    const path = findRecording(recorded.name);
    describe.skipIf(path === undefined)(recorded.name, () => {
      let ours: DiarizedRecording;
      beforeAll(async () => {
        ours = await diarizeFile(path!, models);
      });

      it('segments identically', () => {
        const { activity, chunkCount, sampleCount } = ours.observations;
        expect(sampleCount).toBe(recorded.observations.sampleCount);
        expect(chunkCount).toBe(recorded.observations.chunkCount);
        const differing = activity.reduce(
          (count, bits, frame) => count + (bits === recorded.observations.activity[frame] ? 0 : 1),
          0,
        );
        expect(differing).toBe(0);
      });

      it.skipIf(recorded.arrays.embeddings === undefined)('embeds the same voices', () => {
        const expected = recorded.observations.embeddings;
        const { embeddings, embeddingDimension: dimension } = ours.observations;
        let worst = { cosine: 1, row: -1 };
        let [sum, count] = [0, 0];
        for (let row = 0; row * dimension < embeddings.length; row++) {
          const [one, other] = [embeddings, expected].map((all) =>
            all.subarray(row * dimension, (row + 1) * dimension),
          );
          expect(Number.isNaN(one![0]), `row ${row} has an embedding`).toBe(Number.isNaN(other![0]));
          if (Number.isNaN(one![0])) continue;
          const cosine = cosineOf(one!, other!);
          sum += cosine;
          count += 1;
          if (cosine < worst.cosine) worst = { cosine, row };
        }
        // pyannote pads each chunk with zeros where we hear the recording go on. That changes the mel frames at both
        // ends of a chunk, and with them the embedding of a speaker who has hardly any others.
        expect(worst.cosine, `cosine of row ${worst.row}`).toBeGreaterThan(0.9);
        expect(sum / count, 'mean cosine').toBeGreaterThan(0.995);
      });

      it('comes to the same turns', () => {
        const reference = [...readRttm(recorded.rttm).values()].flat();
        if (reference.length === 0) {
          expect(ours.result.turns).toEqual([]);
          return;
        }
        const { errorRate } = diarizationError(reference, ours.result.turns);
        expect(errorRate).toBeLessThanOrEqual(0.005);
      });
    });
  }
});
