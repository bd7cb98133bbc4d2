import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOnnxGraph } from '../../../core/inference/graph/onnx-graph.ts';
import { openOnnxSession } from '../../../core/inference/onnx-session.ts';
import type { SessionOpener, Tensor } from '../../../core/inference/session.ts';
import { openSegmenter, segmenterOf } from '../../../core/segmentation/open-segmenter.ts';
import type { SpeakerSegmenter } from '../../../core/segmentation/segment-speakers.ts';
import { findSegmentationWeights } from '../../../core/segmentation/segmentation-weights.ts';
import type { WindowSpan } from '../../../core/segmentation/window-network.ts';
import { decodeWithFfmpeg } from '../../support/decode.ts';
import { GE2E_MODEL, SEGMENTATION_MODEL } from '../../support/embedded-models.ts';
import { SILERO_MODEL } from '../../support/silero-session.ts';

const WINDOW = 160_000;
const open: SessionOpener = (model, graph) => openOnnxSession(model, { provider: 'cpu', graph });
/** 72 s of a meeting, louder and with an offset from 30 s on: means and deviations of windows differ. */
const speech = decodeWithFfmpeg(join(import.meta.dirname, '../../../samples/library.wav')).map(
  (value, sample) => (sample < 480_000 ? value : 0.6 * value + 0.05),
);
let published: SpeakerSegmenter;
let shared: SpeakerSegmenter;
let bytes: SpeakerSegmenter;

beforeAll(async () => {
  published = segmenterOf(await open(SEGMENTATION_MODEL));
  shared = await openSegmenter(SEGMENTATION_MODEL, open, 'float32');
  bytes = await openSegmenter(SEGMENTATION_MODEL, open, 'int8');
});

afterAll(() => Promise.all([published, shared, bytes].map(({ network }) => network.release())));

/** Windows from a sample on; zeros behind the end of the recording. */
function spanAt(start: number, windowCount: number, hopSamples: number): WindowSpan {
  const samples = new Float32Array(WINDOW + (windowCount - 1) * hopSamples);
  samples.set(speech.subarray(start, start + samples.length));
  return { samples, windowCount, hopSamples };
}

const valuesOf = (runs: readonly Tensor[]): number[] =>
  runs.flatMap(({ data }) => [...(data as Float32Array)]);

async function largestDifference(segmenter: SpeakerSegmenter, span: WindowSpan): Promise<number> {
  const [expected, given] = [
    valuesOf(await published.network.score(span)),
    valuesOf(await segmenter.network.score(span)),
  ];
  expect(given).toHaveLength(expected.length);
  return given.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index]!)), 0);
}

describe('segmentation with filters shared by windows', () => {
  it.each([
    ['windows every second, which begin at three places of the pooling', 0, 8, 16_000],
    ['windows of another level in the middle', 400_000, 4, 16_000],
    ['windows whose frames coincide', 320_000, 4, 17_280],
    ['windows without overlap', 0, 4, 160_000],
    ['windows at ten samples', 7, 5, 10],
    ['windows that begin between two values of the filters', 0, 4, 12_345],
    ['a single window', 100_000, 1, 16_000],
    ['the end of the recording and three windows beyond', speech.length - 150_000, 6, 16_000],
    ['a recording shorter than a window', speech.length - 30_000, 1, 16_000],
  ])('gives the scores and labels of the published graph: %s', async (_what, start, count, hop) => {
    const span = spanAt(start, count, hop);
    expect(await largestDifference(shared, span)).toBeLessThan(1e-3);
    expect(await shared.segment(span)).toEqual(await published.segment(span));
  });

  it('hears nobody in digital silence, where each way only sees its own rounding', async () => {
    const span = spanAt(speech.length + 10, 5, 16_000);
    for (const segmenter of [published, shared, bytes]) {
      expect(new Set(await segmenter.segment(span))).toEqual(new Set([0]));
    }
  });

  it('comes near them with weights of 8 bits', async () => {
    const span = spanAt(0, 40, 16_000);
    const [expected, given] = [await published.segment(span), await bytes.segment(span)];
    const others = given.reduce((count, bits, frame) => count + (bits === expected[frame] ? 0 : 1), 0);
    // 0.03 % of this recording; a processor may round otherwise.
    expect(others / given.length).toBeLessThan(0.005);
  });

  it('gives the same bits for the same span, in fours from its begin', async () => {
    const span = spanAt(64_000, 10, 16_000);
    const once = valuesOf(await bytes.network.score(span));
    expect(valuesOf(await bytes.network.score(span))).toEqual(once);
    const perWindow = once.length / 10;
    const second = valuesOf(await bytes.network.score(spanAt(64_000 + 4 * 16_000, 4, 16_000)));
    expect(second).toEqual(once.slice(4 * perWindow, 8 * perWindow));
    const last = valuesOf(await bytes.network.score(spanAt(64_000 + 9 * 16_000, 1, 16_000)));
    expect(last).toEqual(once.slice(9 * perWindow));
  });
});

describe('findSegmentationWeights', () => {
  it('knows the network by its layers', () => {
    const weights = findSegmentationWeights(readOnnxGraph(readFileSync(SEGMENTATION_MODEL.path)))!;
    expect(weights.filters).toHaveLength(80 * 251);
    expect(weights.memory.map(({ inputSize }) => inputSize)).toEqual([60, 256, 256, 256]);
    expect(weights.linear.map(({ weight }) => weight.length)).toEqual([256 * 128, 128 * 128, 128 * 7]);
  });

  it('knows no other network', () => {
    for (const { path } of [GE2E_MODEL, SILERO_MODEL]) {
      expect(findSegmentationWeights(readOnnxGraph(readFileSync(path)))).toBeUndefined();
    }
  });

  it('leaves an unknown network as it is', async () => {
    const opened = await openSegmenter(GE2E_MODEL, open, 'int8');
    expect(opened.network.id).toBe(GE2E_MODEL.id);
    await opened.network.release();
  });
});
