import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MaskedGraphEncoder } from '../../../core/embedding/masked-graph-encoder.ts';
import { DEFAULT_POOLING_RULES, PoolingEncoder } from '../../../core/embedding/pooling-encoder.ts';
import type { ChunkGeometry, EncoderChunk, SpeakerEncoder } from '../../../core/embedding/speaker-encoder.ts';
import { findStatisticsPooling } from '../../../core/embedding/statistics-pooling.ts';
import { exposeTensors } from '../../../core/inference/graph/graph-editor.ts';
import { readOnnxGraph } from '../../../core/inference/graph/onnx-graph.ts';
import { openOnnxSession } from '../../../core/inference/onnx-session.ts';
import { isSpeechError } from '../../../core/errors.ts';
import { createRandom } from '../../../core/math/random.ts';
import { expectArrayClose } from '../../support/close-to.ts';

const folder = join(import.meta.dirname, '../../golden/embedding');
const tinyPooling = {
  id: 'tiny-pooling',
  path: join(folder, 'tiny-pooling.onnx'),
  inputs: ['feats'],
  outputs: ['embs'],
};
const tinyMasked = {
  id: 'tiny-masked',
  path: join(folder, 'tiny-masked.onnx'),
  inputs: ['feats', 'weights'],
  outputs: ['embs'],
};

const geometry: ChunkGeometry = {
  chunkSamples: 160_000,
  chunkHopSamples: 16_000,
  framesPerChunk: 589,
  frameGrid: { startSeconds: 0, durationSeconds: 991 / 16_000, stepSeconds: 270 / 16_000 },
  localSpeakerCount: 3,
};

const SECONDS = 13;
const random = createRandom(3);
const samples = Float32Array.from({ length: SECONDS * 16_000 }, () => 0.2 * (random() - 0.5));

/** Speaker 0 in the first half, 1 in the second, both for a while; speaker 2 never. */
function activity(): Uint8Array {
  return Uint8Array.from({ length: geometry.framesPerChunk }, (_, frame) =>
    frame < 250 ? 0b001 : frame < 320 ? 0b011 : 0b010,
  );
}

async function embedAll(encoder: SpeakerEncoder, blockSamples: number): Promise<Float32Array> {
  const recording = encoder.start(geometry);
  for (let from = 0; from < samples.length; from += blockSamples) {
    recording.push(samples.subarray(from, from + blockSamples));
  }
  recording.finish();
  const chunks: EncoderChunk[] = [0, 16_000, 32_000, 48_000].map((startSample) => ({
    startSample,
    activity: activity(),
  }));
  return recording.embed(chunks);
}

async function poolingEncoder(trunk: 'chunk' | 'shared'): Promise<PoolingEncoder> {
  const pooling = findStatisticsPooling(readOnnxGraph(readFileSync(tinyPooling.path)), tinyPooling.id);
  const session = await openOnnxSession(
    { ...tinyPooling, exposed: [pooling.trunkOutput] },
    { provider: 'cpu' },
  );
  return new PoolingEncoder(session, pooling, geometry, { ...DEFAULT_POOLING_RULES, trunk });
}

describe('findStatisticsPooling', () => {
  it('finds the trunk, and folds a subtracted mean vector into the bias', () => {
    const graph = readOnnxGraph(readFileSync(tinyPooling.path));
    const pooling = findStatisticsPooling(graph, 'tiny');
    expect(pooling.trunkOutput).toBe('trunk');
    expect(pooling.dimension).toBe(4);
    const bias = graph.weights.get('bias')!.read();
    const shift = graph.weights.get('shift')!.read();
    expect([...pooling.bias]).toEqual([...bias.map((value, index) => value - shift[index]!)]);
  });

  it('refuses a graph that ends otherwise', () => {
    const graph = readOnnxGraph(readFileSync(join(folder, '../../../models/embedded/ge2e/model.onnx')));
    expect(() => findStatisticsPooling(graph, 'ge2e')).toThrow(/ge2e to end in statistics pooling/);
  });
});

describe('readOnnxGraph', () => {
  it('gives a typed error for anything else than ONNX, never another one', () => {
    const good = readFileSync(tinyPooling.path);
    for (let length = 0; length < good.length; length += 97) {
      try {
        readOnnxGraph(good.subarray(0, length));
        exposeTensors(good.subarray(0, length), ['trunk']);
      } catch (error) {
        expect(isSpeechError(error) && error.code).toBe('invalid_file');
      }
    }
  });
});

describe('PoolingEncoder', () => {
  it('pools outside the graph what a graph with a weights input pools inside', async () => {
    const [outside, inside] = await Promise.all([
      embedAll(await poolingEncoder('chunk'), 160_000),
      embedAll(
        new MaskedGraphEncoder(
          await openOnnxSession(tinyMasked, { provider: 'cpu' }),
          4,
          DEFAULT_POOLING_RULES,
        ),
        4001,
      ),
    ]);
    // Single against double precision in the pooling.
    expectArrayClose(withoutNaN(outside), withoutNaN(inside), { maxAbs: 2e-5 }, 'embeddings');
    expect([...outside.keys()].filter((index) => Number.isNaN(outside[index]))).toEqual(
      [...inside.keys()].filter((index) => Number.isNaN(inside[index])),
    );
  });

  it('gives the same bits however the recording is cut into blocks', async () => {
    for (const trunk of ['chunk', 'shared'] as const) {
      const encoder = await poolingEncoder(trunk);
      expect(await embedAll(encoder, 777)).toEqual(await embedAll(encoder, samples.length));
    }
  });

  it('has no embedding for a speaker who is absent', async () => {
    const embeddings = await embedAll(await poolingEncoder('chunk'), 16_000);
    expect(embeddings.slice(8, 12).every(Number.isNaN)).toBe(true);
  });

  it('pools a chunk that lies on the grid of the shared trunk as on its own', async () => {
    const [own, shared] = await Promise.all([
      embedAll(await poolingEncoder('chunk'), 16_000),
      embedAll(await poolingEncoder('shared'), 16_000),
    ]);
    // 1000 frames in place of 998: other means are subtracted, and masks meet other frames at their borders. The made-up
    // trunk amplifies that: its features hang on single bins of noise.
    expectArrayClose(shared.slice(0, 8), own.slice(0, 8), { maxAbs: 0.2 }, 'embeddings');
  });
});

function withoutNaN(values: Float32Array): Float32Array {
  return values.map((value) => (Number.isNaN(value) ? 0 : value));
}
