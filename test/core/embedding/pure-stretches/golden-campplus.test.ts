import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyLinear, poolStatistics, runsOf } from '../../../../core/embedding/masked-pooling.ts';
import { runTrunk, type StatisticsPooling } from '../../../../core/embedding/statistics-pooling.ts';
import { utteranceFeatures } from '../../../../core/embedding/utterance-front-end.ts';
import { UtteranceGraph } from '../../../../core/embedding/utterance-graph.ts';
import type { Session } from '../../../../core/inference/session.ts';
import { cosineSimilarity } from '../../../../core/math/vector.ts';
import { openCampplusTrunk } from '../../../support/campplus.ts';
import { CAMPPLUS_MODEL } from '../../../support/embedded-models.ts';
import { differenceOf, expectArrayClose } from '../../../support/close-to.ts';
import { decodeWithFfmpeg } from '../../../support/decode.ts';
import { readNpz, toNumbers } from '../../../support/npy.ts';
import { sharedFolder, sharedPath } from '../../../support/shared.ts';
import { openOnnxSession } from '../../../../core/inference/onnx-session.ts';

/** Tolerances of the goldens' README; weights are stored in half precision. */
const FBANK = { maxAbs: 1e-2, meanAbs: 5e-5 };
const EMBEDDING = { maxAbs: 0.03, minCosine: 0.9999 };

const shared = join(sharedFolder, 'data/golden/campplus');
const folder = existsSync(shared) ? shared : join(import.meta.dirname, '../../../golden/campplus');
/** Those of numbers; the others are names. */
const ARRAYS = ['start_sample', 'samples', 'fbank', 'trunk', 'masks', 'masked_embedding', 'embedding'];
const windows = readdirSync(folder).filter((file) => file.startsWith('window-'));
const recordings = sharedPath('data/conversations');
const utterances = sharedPath('data/golden/campplus/embeddings.npz');

describe('CAM++ as torch computed it', () => {
  let session: Session;
  let pooling: StatisticsPooling;
  beforeAll(async () => {
    ({ session, pooling } = await openCampplusTrunk());
  });
  afterAll(() => session.release());

  const pooled = (statistics: Awaited<ReturnType<typeof runTrunk>>, mask: Uint8Array): Float32Array => {
    const { featureCount } = statistics;
    const values = new Float64Array(2 * featureCount);
    poolStatistics([{ statistics, runs: runsOf(mask) }], featureCount, values);
    const embedding = new Float32Array(pooling.dimension);
    applyLinear(pooling.weight, pooling.bias, values, embedding);
    return embedding;
  };

  it.each(windows)('trunk and pooling of %s', async (file) => {
    const arrays = readNpz(join(folder, file), ARRAYS);
    const [frames = 0, bins = 0] = arrays.fbank!.shape;
    const features = { data: arrays.fbank!.data as Float32Array, dims: [1, frames, bins] };
    const results = await session.run({ feats: features }, [pooling.trunkOutput]);
    const trunk = results[pooling.trunkOutput]!;
    // The README gives no bound for half precision: 1 % of the range of 8.5 at most, and on average far less.
    const difference = differenceOf(trunk.data as Float32Array, arrays.trunk!.data as Float32Array);
    expect(difference.maxAbs).toBeLessThan(0.1);
    expect(difference.meanAbs).toBeLessThan(0.003);

    const statistics = await runTrunk(session, pooling, features);
    const masks = arrays.masks!.data as Uint8Array;
    const [count = 0, trunkFrames = 0] = arrays.masks!.shape;
    const expected = arrays.masked_embedding!.data as Float32Array;
    for (let row = 0; row < count; row++) {
      const mask = masks.subarray(row * trunkFrames, (row + 1) * trunkFrames);
      const vector = expected.subarray(row * pooling.dimension, (row + 1) * pooling.dimension);
      expectArrayClose(pooled(statistics, mask), vector, EMBEDDING, `mask ${row}`);
    }
    const everything = new Uint8Array(trunkFrames).fill(1);
    expectArrayClose(pooled(statistics, everything), toNumbers(arrays.embedding!), EMBEDDING, 'no mask');
  });

  it.skipIf(recordings === undefined).each(windows)('front end of %s', (file) => {
    const arrays = readNpz(join(folder, file), ARRAYS);
    const [start, length] = [arrays.start_sample!, arrays.samples!].map((array) => Number(array.data[0]));
    const samples = decodeWithFfmpeg(join(recordings!, 'two-speakers.flac')).subarray(
      start,
      start! + length!,
    );
    const [features] = utteranceFeatures('3dspeaker-fbank', samples);
    expectArrayClose(features!.data as Float32Array, arrays.fbank!.data as Float32Array, FBANK, 'fbank');
  });

  it.skipIf(utterances === undefined)('whole utterances and cuts', async () => {
    const arrays = readNpz(utterances!, [
      'samples',
      'embedding',
      'cut_start',
      'cut_samples',
      'cut_embedding',
    ]);
    // The recorded ones: the first four of every speaker.
    const audio = join(sharedFolder, 'data/librispeech-test-other');
    const names = readdirSync(audio).filter((name) => /-000[0-3]\.flac$/.test(name));
    expect(names.length).toBe(arrays.samples!.shape[0]);
    const whole = await openOnnxSession(CAMPPLUS_MODEL, { provider: 'cpu' });
    const encoder = new UtteranceGraph(whole, { frontEnd: '3dspeaker-fbank', dimension: 192 });
    const [from, length] = [Number(arrays.cut_start!.data[0]), Number(arrays.cut_samples!.data[0])];
    for (const [row, name] of names.entries()) {
      const samples = decodeWithFfmpeg(join(audio, name));
      expect(samples.length).toBe(Number(arrays.samples!.data[row]));
      const rowOf = (array: string) =>
        (arrays[array]!.data as Float32Array).subarray(row * 192, (row + 1) * 192);
      expectArrayClose((await encoder.embed(samples)).mean, rowOf('embedding'), EMBEDDING, name);
      const cut = (await encoder.embed(samples.subarray(from, from + length))).mean;
      expectArrayClose(cut, rowOf('cut_embedding'), EMBEDDING, `${name}, cut`);
      expect(cosineSimilarity(cut, rowOf('cut_embedding'))).toBeGreaterThan(0.9999);
    }
    await whole.release();
  });
});
