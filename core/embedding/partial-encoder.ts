/**
 * Speaker embeddings from 1.6 s partials: GE2E.
 *
 * Partials on a 0.4 s grid of the recording are embedded once, however many chunks see them, and only where somebody
 * is heard; a speaker without enough pure grid partials in a chunk gets partials of its own frames joined. This costs
 * a fifth of one embedding a chunk and speaker, and tells voices in short turns apart where the grid alone does not.
 *
 * @see Wan et al., "Generalized end-to-end loss for speaker verification", ICASSP 2018; Resemblyzer 0.1.4
 */
import { GE2E_MEL, planPowerMel } from '../dsp/power-mel.ts';
import { raisingGain } from '../dsp/volume-normalization.ts';
import { InvariantError } from '../errors.ts';
import type { Session } from '../inference/session.ts';
import { centredByNearestMean, type CentringMeans } from './centring.ts';
import { EnergyHistory } from './energy-history.ts';
import { FrameHistory } from './frame-history.ts';
import { PartialBatches, type PartialSlot } from './partial-batches.ts';
import {
  DEFAULT_PARTIAL_RULES,
  joinedPartialStarts,
  type PartialRules,
  planChunk,
  type SpeakerPlan,
} from './partial-plan.ts';
import type { ChunkGeometry, EncoderChunk, RecordingEncoder, SpeakerEncoder } from './speaker-encoder.ts';

export type PartialEncoderOptions = {
  readonly dimension: number;
  /** Taken away from unit embeddings, which are crowded in one octant otherwise. */
  readonly means: CentringMeans;
  readonly batchSize: number;
  readonly rules: PartialRules;
};

/** 32 partials are 20 ms of work: enough to use a core well, little enough to spread over lanes. */
export const DEFAULT_PARTIAL_BATCH_SIZE = 32;

type Ingredient = { readonly slot: PartialSlot; readonly weight: number };

/** Samples that a centred mel frame sees after its middle. */
const LOOKAHEAD_SAMPLES = 200;

/** GE2E as a `SpeakerEncoder`; see the file's head. */
export class PartialEncoder implements SpeakerEncoder {
  readonly modelId: string;
  readonly dimension: number;
  readonly lookaheadSamples = LOOKAHEAD_SAMPLES;
  readonly #session: Session;
  readonly #options: PartialEncoderOptions;

  constructor(
    session: Session,
    options: Pick<PartialEncoderOptions, 'dimension' | 'means'> & Partial<PartialEncoderOptions>,
  ) {
    this.modelId = session.model.id;
    this.dimension = options.dimension;
    this.#session = session;
    this.#options = { batchSize: DEFAULT_PARTIAL_BATCH_SIZE, rules: DEFAULT_PARTIAL_RULES, ...options };
  }

  start(geometry: ChunkGeometry): RecordingEncoder {
    return new PartialRecordingEncoder(this.#session, this.#options, geometry);
  }
}

class PartialRecordingEncoder implements RecordingEncoder {
  readonly #options: PartialEncoderOptions;
  readonly #geometry: ChunkGeometry;
  readonly #mels: FrameHistory;
  readonly #energy: EnergyHistory;
  readonly #batches: PartialBatches;
  /** Embeddings of grid partials that later chunks may share, by grid index. */
  readonly #grid = new Map<number, PartialSlot>();

  constructor(session: Session, options: PartialEncoderOptions, geometry: ChunkGeometry) {
    const analyzer = planPowerMel(GE2E_MEL);
    this.#options = options;
    this.#geometry = geometry;
    this.#mels = new FrameHistory(analyzer, 'zeros');
    this.#energy = new EnergyHistory(analyzer.hopSamples);
    this.#batches = new PartialBatches(session, {
      frames: options.rules.partialFrames,
      bins: analyzer.binCount,
      dimension: options.dimension,
      batchSize: options.batchSize,
    });
  }

  push(block: Float32Array): void {
    this.#mels.push(block);
    this.#energy.push(block);
  }

  finish(): void {
    this.#mels.finish();
    this.#energy.finish();
  }

  rest(): Promise<Float32Array> {
    return Promise.resolve(new Float32Array());
  }

  async embed(chunks: readonly EncoderChunk[]): Promise<Float32Array> {
    const recipes = chunks.flatMap((chunk) => this.#gather(chunk));
    this.#batches.flush();
    const { dimension } = this.#options;
    const embeddings = new Float32Array(recipes.length * dimension).fill(NaN);
    for (const [index, recipe] of recipes.entries()) {
      if (recipe.length === 0) continue;
      await this.#mix(recipe, embeddings.subarray(index * dimension, (index + 1) * dimension));
    }
    return embeddings;
  }

  /** The partials of every local speaker of a chunk, sent to the network where that has not happened yet. */
  #gather(chunk: EncoderChunk): Ingredient[][] {
    const startFrame = chunk.startSample / 160;
    if (!Number.isInteger(startFrame)) throw new InvariantError('Chunks must start on a 10 ms grid.');
    this.#forgetBefore(startFrame);
    const plans = planChunk(this.#options.rules, this.#geometry, startFrame, chunk.activity);
    return plans.map((plan) => this.#ingredients(plan, startFrame));
  }

  #ingredients(plan: SpeakerPlan, startFrame: number): Ingredient[] {
    switch (plan.kind) {
      case 'none':
        return [];
      case 'grid':
        return plan.partials.map(({ gridIndex, weight }) => ({ slot: this.#gridSlot(gridIndex), weight }));
      case 'joined':
        return joinedPartialStarts(this.#options.rules, plan.melFrames.length).map((start) => ({
          slot: this.#joinedSlot(plan.melFrames, start, startFrame),
          weight: 1,
        }));
    }
  }

  #gridSlot(gridIndex: number): PartialSlot {
    let slot = this.#grid.get(gridIndex);
    if (slot === undefined) {
      const { partialFrames, gridHopFrames } = this.#options.rules;
      const first = gridIndex * gridHopFrames;
      const gain = raisingGain(this.#energy.meanSquare(first, partialFrames));
      slot = this.#batches.add((out, offset) => {
        for (let frame = 0; frame < partialFrames; frame++)
          this.#copy(first + frame, gain, out, offset, frame);
      });
      this.#grid.set(gridIndex, slot);
    }
    return slot;
  }

  #joinedSlot(melFrames: Int32Array, start: number, startFrame: number): PartialSlot {
    const { partialFrames } = this.#options.rules;
    const gain = raisingGain(this.#energy.meanSquare(startFrame, this.#geometry.chunkSamples / 160));
    return this.#batches.add((out, offset) => {
      for (let frame = 0; frame < partialFrames; frame++) {
        // Fewer frames than a partial are repeated from the first.
        const own = melFrames[(start + frame) % melFrames.length]!;
        this.#copy(startFrame + own, gain, out, offset, frame);
      }
    });
  }

  /** Power is quadratic in the samples, so the gain goes in squared. */
  #copy(melFrame: number, gain: number, out: Float32Array, offset: number, row: number): void {
    this.#mels.copyFrame(melFrame, gain * gain, out, offset + row * GE2E_MEL.melCount);
  }

  #forgetBefore(startFrame: number): void {
    this.#mels.dropBefore(startFrame);
    this.#energy.dropBefore(startFrame);
    for (const gridIndex of this.#grid.keys()) {
      if (gridIndex * this.#options.rules.gridHopFrames < startFrame) this.#grid.delete(gridIndex);
    }
  }

  /** Weighted mean, unit length, centred, unit length again. */
  async #mix(recipe: readonly Ingredient[], out: Float32Array): Promise<void> {
    const { dimension, means } = this.#options;
    const sum = new Float64Array(dimension);
    for (const { slot, weight } of recipe) {
      const rows = await slot.rows;
      for (let index = 0; index < dimension; index++)
        sum[index]! += weight * rows[slot.row * dimension + index]!;
    }
    out.set(centredByNearestMean(sum, means).unit);
  }
}
