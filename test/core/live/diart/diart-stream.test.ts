import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAudio } from '../../../../core/audio/decode.ts';
import type { DiarizationModels } from '../../../../core/diarization/diarization-models.ts';
import {
  accumulateTurns,
  detectSpeechLikeDiart,
  type DiartModels,
  diarizeLikeDiart,
} from '../../../../core/live/diart/diart-stream.ts';
import { listenLikeDiart } from '../../../../core/live/diart/live-diart.ts';
import type { LiveEvent } from '../../../../core/result/live/live-events.ts';
import { applyLiveEvent, EMPTY_LIVE_TRANSCRIPT } from '../../../../core/result/live/live-transcript.ts';
import type { Turn } from '../../../../core/timeline/turns.ts';
import { openSegmenter } from '../../../../core/segmentation/open-segmenter.ts';
import { SEGMENTATION_3_0 } from '../../../../core/segmentation/segment-speakers.ts';
import type { SessionOpener } from '../../../../core/inference/session.ts';
import { openOnnxSession } from '../../../../core/inference/onnx-session.ts';
import { openEmbeddedDiarization } from '../../../support/diarization-recordings.ts';
import { SEGMENTATION_MODEL } from '../../../support/embedded-models.ts';

let diarization: DiarizationModels;
let models: DiartModels;

beforeAll(async () => {
  diarization = await openEmbeddedDiarization('embedded');
  const spec = { ...SEGMENTATION_3_0, chunkSamples: 80_000 };
  const open: SessionOpener = (model, graph) =>
    openOnnxSession(model, { provider: 'cpu', intraOpThreads: 1, graph });
  const segmenter = await openSegmenter(SEGMENTATION_MODEL, open, 'int8', spec);
  models = { segmenter, encoder: diarization.encoder };
});

afterAll(async () => {
  await Promise.all([diarization.release(), models.segmenter.network.release()]);
});

async function* sample(blockSamples: number) {
  const { blocks } = await openAudio({ path: 'samples/library.wav' });
  let heard = 0;
  for await (const block of blocks) {
    for (let start = 0; start < block.length && heard < 16 * 16_000; start += blockSamples) {
      const part = block.slice(start, start + blockSamples);
      heard += part.length;
      yield part;
    }
  }
}

describe('diart over a stream', () => {
  const options = { deltaNew: 0.7, tauActive: 0.5 };

  it('tells two people apart, the same whatever the blocks are', { timeout: 120_000 }, async () => {
    const turns = await accumulateTurns(diarizeLikeDiart(sample(16_000), models, options));
    expect(new Set(turns.map(({ speaker }) => speaker)).size).toBe(2);
    // The question of the first ends at 3.7 s, the answer of the second begins at 3.9 s.
    const [first, second] = turns;
    expect(first!.endSeconds).toBeCloseTo(3.7, 0);
    expect(second!.startSeconds).toBeCloseTo(3.9, 0);
    expect(await accumulateTurns(diarizeLikeDiart(sample(5_001), models, options))).toEqual(turns);
  });

  it('is a live session: turns grow, are told once, and are the result', { timeout: 120_000 }, async () => {
    const events: LiveEvent[] = [];
    for await (const event of listenLikeDiart(sample(7_000), models, options)) events.push(event);
    const state = events.reduce(applyLiveEvent, EMPTY_LIVE_TRANSCRIPT);
    const plain = (turns: readonly Turn[]) =>
      turns.map(({ speaker, startSeconds, endSeconds }) => [
        speaker,
        startSeconds.toFixed(1),
        endSeconds.toFixed(1),
      ]);
    expect(plain(state.turns)).toEqual(plain(state.result!.turns));
    expect(state.result!.durationSeconds).toBeCloseTo(16, 0);
    expect(state.turns.at(-1)!.endSeconds).toBeGreaterThan(15);
    const ends = new Map<number, number>();
    for (const event of events) {
      if (event.type !== 'turn') continue;
      expect(event.endSeconds).toBeGreaterThanOrEqual(ends.get(event.id) ?? 0);
      ends.set(event.id, event.endSeconds);
    }
    const introduced = events.flatMap((event) => (event.type === 'speaker' ? [event.speaker] : []));
    expect(introduced.toSorted()).toEqual(['S1', 'S2']);
    expect(Object.keys(state.labels).toSorted()).toEqual(['S1', 'S2']);
    // Less than a window of sound is told too.
    const short: LiveEvent[] = [];
    const few = (async function* () {
      let blocks = 0;
      for await (const block of sample(16_000)) {
        yield block;
        blocks += 1;
        if (blocks === 8) return;
      }
    })();
    for await (const event of listenLikeDiart(few, models, options)) short.push(event);
    const last = short.reduce(applyLiveEvent, EMPTY_LIVE_TRANSCRIPT).result!;
    expect(last.durationSeconds).toBe(4);
    expect(last.turns.map(({ speaker }) => speaker)).toEqual(['S1']);
  });

  it('finds speech of anybody', { timeout: 60_000 }, async () => {
    const steps = [];
    for await (const step of detectSpeechLikeDiart(sample(16_000), models)) steps.push(step);
    const speech = await accumulateTurns(
      (async function* () {
        for (const step of steps) yield await Promise.resolve(step);
      })(),
    );
    expect(new Set(speech.map(({ speaker }) => speaker))).toEqual(new Set([0]));
    const seconds = speech.reduce((sum, turn) => sum + turn.endSeconds - turn.startSeconds, 0);
    expect(seconds).toBeGreaterThan(13);
  });
});
