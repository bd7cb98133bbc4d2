/** diart's pipelines over a stream, with networks of ours: async generators that can be put together otherwise. */
import type { ChunkGeometry, SpeakerEncoder } from '../../embedding/speaker-encoder.ts';
import { sharedFloat32 } from '../../inference/session.ts';
import type { SpeakerSegmenter } from '../../segmentation/segment-speakers.ts';
import { SAMPLE_RATE } from '../../timeline/sliding-window.ts';
import { TurnAccumulator } from './accumulate-turns.ts';
import { DelayedAggregation } from './delayed-aggregation.ts';
import { timedScores } from './diart-clock.ts';
import { DEFAULT_DIART_OPTIONS, type DiartOptions, type DiartStep, DiartTracker } from './diart-tracker.ts';
import type { ScoreFrames } from './score-frames.ts';
import { type AudioWindow, slideOver, slidingWindows } from './sliding-windows.ts';
import { normalizeEmbeddings } from './speech-weights.ts';
import { type SpeakerTurn, turnsOfScores } from './turns-of-scores.ts';

/** Networks of the pipeline; the segmenter takes windows of the duration that the options say. */
export type DiartModels = { readonly segmenter: SpeakerSegmenter; readonly encoder: SpeakerEncoder };

/** What is told of a region. */
export type DiartTurns = Pick<DiartStep, 'scores' | 'turns'>;

/**
 * Who speaks, as diart tells it: a region every step, once, never changed. Clustering, aggregation and turns are diart's
 * to the bit; the vectors are those of the encoder.
 *
 * A tail shorter than a step, and the last `latency − step` seconds, are not told: pad the stream.
 */
export async function* diarizeLikeDiart(
  blocks: AsyncIterable<Float32Array>,
  models: DiartModels,
  options: Partial<DiartOptions> = {},
): AsyncGenerator<DiartStep> {
  const tracker = new DiartTracker(options);
  for await (const window of slidingWindows(blocks, options)) {
    const activity = await segment(window, models.segmenter);
    const geometry = geometryOf(models.segmenter);
    const recording = models.encoder.start(geometry);
    recording.push(window.samples.slice());
    recording.finish();
    const [first, rest] = [await recording.embed([{ startSample: 0, activity }]), await recording.rest()];
    const { dimension } = models.encoder;
    const data = normalizeEmbeddings(first.length > 0 ? first : rest, dimension);
    const embeddings = { data, rows: geometry.localSpeakerCount, columns: dimension };
    yield tracker.step(scoresOf(window, activity, models.segmenter), embeddings);
  }
}

/** Where anybody speaks, as diart's other pipeline tells it: the most active speaker of each frame decides. */
export async function* detectSpeechLikeDiart(
  blocks: AsyncIterable<Float32Array>,
  { segmenter }: Pick<DiartModels, 'segmenter'>,
  options: Partial<DiartOptions> = {},
): AsyncGenerator<DiartTurns> {
  const settings = { ...DEFAULT_DIART_OPTIONS, ...options };
  const aggregation = new DelayedAggregation(settings);
  const windows = slideOver(speechScores(blocks, segmenter, settings), aggregation.windowCount);
  for await (const latest of windows) {
    const scores = aggregation.aggregate(latest);
    yield { scores, turns: turnsOfScores(scores, settings.tauActive) };
  }
}

/** All turns told so far, joined where they touch, anew with every step. */
export async function* latestTurns(steps: AsyncIterable<DiartTurns>): AsyncGenerator<readonly SpeakerTurn[]> {
  const accumulator = new TurnAccumulator();
  for await (const { turns } of steps) {
    accumulator.add(turns);
    yield accumulator.merged();
  }
}

/** The turns of a whole stream, joined where they touch. */
export async function accumulateTurns(steps: AsyncIterable<DiartTurns>): Promise<SpeakerTurn[]> {
  const accumulator = new TurnAccumulator();
  for await (const { turns } of steps) accumulator.add(turns);
  return accumulator.merged();
}

async function* speechScores(
  blocks: AsyncIterable<Float32Array>,
  segmenter: SpeakerSegmenter,
  options: DiartOptions,
): AsyncGenerator<ScoreFrames> {
  for await (const window of slidingWindows(blocks, options)) {
    const activity = await segment(window, segmenter);
    const anybody = Float32Array.from(activity, (bits) => (bits === 0 ? 0 : 1));
    yield timedScores(anybody, 1, clockOf(window));
  }
}

function segment({ samples }: AudioWindow, segmenter: SpeakerSegmenter): Promise<Uint8Array> {
  const shared = sharedFloat32(samples.length);
  shared.set(samples);
  return segmenter.segment({ samples: shared, windowCount: 1, hopSamples: SAMPLE_RATE / 2 });
}

/** As diart's adapter of powersets gives them: 1 where a speaker is active, else 0. */
function scoresOf(window: AudioWindow, activity: Uint8Array, { spec }: SpeakerSegmenter): ScoreFrames {
  const { speakerCount } = spec;
  const scores = new Float32Array(activity.length * speakerCount);
  activity.forEach((bits, frame) => {
    for (let local = 0; local < speakerCount; local += 1)
      scores[frame * speakerCount + local] = (bits >> local) & 1;
  });
  return timedScores(scores, speakerCount, clockOf(window));
}

function clockOf({ startSeconds, samples }: AudioWindow) {
  return { startSeconds, sampleCount: samples.length };
}

function geometryOf({ spec, framesPerChunk, frameGrid }: SpeakerSegmenter): ChunkGeometry {
  const { chunkSamples, speakerCount: localSpeakerCount } = spec;
  return { chunkSamples, chunkHopSamples: chunkSamples, framesPerChunk, frameGrid, localSpeakerCount };
}
