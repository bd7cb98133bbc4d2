/**
 * GE2E on a whole utterance, step by step what Resemblyzer does: raise the volume of quiet recordings, mel power,
 * windows of 1.6 s at 1.3 a second, their mean.
 *
 * @see Resemblyzer 0.1.4 `VoiceEncoder.embed_utterance`, `compute_partial_slices`, `audio.normalize_volume`
 */
import { analyzeFrames, frameCountOf, type FrameEdges } from '../dsp/frame-analyzer.ts';
import { GE2E_MEL, planPowerMel } from '../dsp/power-mel.ts';
import { raiseVolume } from '../dsp/volume-normalization.ts';
import type { Session } from '../inference/session.ts';
import { PartialBatches } from './partial-batches.ts';
import type { EmbeddedSpeech, UtteranceEncoder } from './utterance-encoder.ts';

export type UtterancePartialsOptions = {
  /** How the signal goes on at its ends: zeros since librosa 0.9, reflection before (only the first window differs). */
  readonly edges: Exclude<FrameEdges, 'snip'>;
  readonly batchSize: number;
};

export const DEFAULT_UTTERANCE_PARTIALS_OPTIONS: UtterancePartialsOptions = Object.freeze({
  edges: 'zeros',
  // As in partial-encoder.ts.
  batchSize: 32,
});

const HOP_SAMPLES = 160;
/** What the network was trained on: 1.6 s. */
const PARTIAL_FRAMES = 160;
/** round(16000 / 1.3 / 160): 1.3 windows a second. */
const STEP_FRAMES = 77;
/** The last window is left out when less of it than this is audio, unless it is the only one. */
const MIN_COVERAGE = 0.75;
const DIMENSION = 256;

/** 51 windows that end exactly with the stretch: no window of a long recording is padded but the last. */
const STRETCH_FRAMES = PARTIAL_FRAMES + 50 * STEP_FRAMES;

/**
 * First frames of the windows over an utterance; each is 160 frames long, so the last may reach past the end.
 *
 * The count of frames is one more than `sampleCount / 160` where that divides, as in the original.
 */
export function partialStartFrames(sampleCount: number): number[] {
  const frameCount = Math.ceil((sampleCount + 1) / HOP_SAMPLES);
  const end = Math.max(1, frameCount - PARTIAL_FRAMES + STEP_FRAMES + 1);
  const starts: number[] = [];
  for (let start = 0; start < end; start += STEP_FRAMES) starts.push(start);
  const covered = (sampleCount - starts.at(-1)! * HOP_SAMPLES) / (PARTIAL_FRAMES * HOP_SAMPLES);
  if (covered < MIN_COVERAGE && starts.length > 1) starts.pop();
  return starts;
}

/** GE2E as an `UtteranceEncoder`; see the file's head. */
export class UtterancePartials implements UtteranceEncoder {
  readonly modelId: string;
  readonly dimension = DIMENSION;
  readonly stretchSamples = STRETCH_FRAMES * HOP_SAMPLES;
  readonly #session: Session;
  readonly #options: UtterancePartialsOptions;

  constructor(session: Session, options: Partial<UtterancePartialsOptions> = {}) {
    this.modelId = session.model.id;
    this.#session = session;
    this.#options = { ...DEFAULT_UTTERANCE_PARTIALS_OPTIONS, ...options };
  }

  async embed(samples: Float32Array): Promise<EmbeddedSpeech> {
    const starts = partialStartFrames(samples.length);
    const vectors = await this.#run(this.#mels(samples, starts.at(-1)!), starts);
    const mean = new Float64Array(DIMENSION);
    for (const vector of vectors) {
      for (let index = 0; index < DIMENSION; index++) mean[index]! += vector[index]! / vectors.length;
    }
    const windows = starts.map((start, index) => ({
      startSample: start * HOP_SAMPLES,
      endSample: Math.min(samples.length, (start + PARTIAL_FRAMES) * HOP_SAMPLES),
      vector: vectors[index]!,
    }));
    return { mean, windows };
  }

  /** Mel frames of the utterance, raised, and continued with zeros to the end of its last window. */
  #mels(samples: Float32Array, lastStart: number): Float32Array {
    const needed = (lastStart + PARTIAL_FRAMES) * HOP_SAMPLES;
    const raised = new Float32Array(Math.max(samples.length, needed));
    raised.set(samples);
    raiseVolume(raised.subarray(0, samples.length));
    const analyzer = planPowerMel(GE2E_MEL);
    const { edges } = this.#options;
    const mels = new Float32Array(frameCountOf(analyzer, raised.length, edges) * GE2E_MEL.melCount);
    analyzeFrames(analyzer, raised, edges, mels);
    return mels;
  }

  async #run(mels: Float32Array, starts: readonly number[]): Promise<Float32Array[]> {
    const bins = GE2E_MEL.melCount;
    const shape = { frames: PARTIAL_FRAMES, bins, dimension: DIMENSION, batchSize: this.#options.batchSize };
    const batches = new PartialBatches(this.#session, shape);
    const slots = starts.map((start) =>
      batches.add((out, offset) =>
        out.set(mels.subarray(start * bins, (start + PARTIAL_FRAMES) * bins), offset),
      ),
    );
    batches.flush();
    return Promise.all(
      slots.map(async ({ rows, row }) => (await rows).slice(row * DIMENSION, (row + 1) * DIMENSION)),
    );
  }
}
