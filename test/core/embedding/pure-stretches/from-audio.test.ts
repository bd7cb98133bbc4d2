import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAudio } from '../../../../core/audio/decode.ts';
import { PureStretchEncoder } from '../../../../core/embedding/pure-stretches/pure-stretch-encoder.ts';
import { openOnnxSession } from '../../../../core/inference/onnx-session.ts';
import { cosineSimilarity } from '../../../../core/math/vector.ts';
import { DEFAULT_OBSERVE_OPTIONS, observe } from '../../../../core/observation/observe.ts';
import type { Observations } from '../../../../core/resolution/observations.ts';
import type { Session } from '../../../../core/inference/session.ts';
import { SEGMENTATION_3_0, SpeakerSegmenter } from '../../../../core/segmentation/segment-speakers.ts';
import { PublishedWindows } from '../../../../core/segmentation/window-network.ts';
import { openCampplusTrunk } from '../../../support/campplus.ts';
import { SEGMENTATION_MODEL } from '../../../support/embedded-models.ts';
import { findRecording } from '../../../support/find-recording.ts';
import { readNpz, toNumbers } from '../../../support/npy.ts';
import { sharedPath } from '../../../support/shared.ts';

const goldens = sharedPath('data/golden/conditions');

/** Vectors of local speakers that were recorded in Python, from the same audio by another implementation. */
const RECORDED = ['sample', 'trn05', 'three-speakers-overlap'];

describe.skipIf(goldens === undefined)('pure stretches, from audio', () => {
  let segmentation: Session;
  let encoder: PureStretchEncoder;
  beforeAll(async () => {
    segmentation = await openOnnxSession(SEGMENTATION_MODEL, { provider: 'cpu' });
    const { session, pooling } = await openCampplusTrunk();
    encoder = new PureStretchEncoder(session, pooling);
  });
  afterAll(() => segmentation.release());

  async function observed(name: string, batchSize: number): Promise<Observations> {
    const { blocks } = await openAudio({ path: findRecording(name)! });
    const windows = new PublishedWindows(segmentation, SEGMENTATION_3_0.chunkSamples, batchSize);
    return observe(blocks, { segmenter: new SpeakerSegmenter(windows), encoder }, DEFAULT_OBSERVE_OPTIONS);
  }

  it.each(RECORDED)('%s has the recorded vectors', async (name) => {
    const arrays = readNpz(join(goldens!, `${name}.clean.npz`));
    const observations = await observed(name, 4);
    const { embeddings, embeddingDimension: dimension, localSpeakerCount } = observations;
    const [chunks, locals] = [toNumbers(arrays.chunk!), toNumbers(arrays.local!)];
    const vectors = arrays.vectors!.data as Float32Array;
    const cosines = Array.from(chunks, (chunk, index) => {
      const row = chunk * localSpeakerCount + locals[index]!;
      const own = embeddings.subarray(row * dimension, (row + 1) * dimension);
      return cosineSimilarity(own, vectors.subarray(index * dimension, (index + 1) * dimension));
    });
    cosines.sort((a, b) => a - b);
    // Weights in half precision; where the segmentation itself ties, one frame of a short voice more or less.
    expect(cosines[Math.floor(cosines.length / 20)]).toBeGreaterThan(0.99995);
    expect(cosines[0]).toBeGreaterThan(0.998);
  });

  it('gives the same bits whatever the batches', async () => {
    const [four, one] = [await observed('sample', 4), await observed('sample', 1)];
    expect(one.embeddings).toEqual(four.embeddings);
  });
});
