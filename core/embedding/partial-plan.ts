/** Which stretches of a recording tell a local speaker's voice best: plain index arithmetic, no audio. */
import { framesBetween, markActive, markAlone } from './speaker-frames.ts';
import type { ChunkGeometry } from './speaker-encoder.ts';

/** Rules by which partials are chosen. Counts of mel frames are in steps of 10 ms. */
export type PartialRules = {
  /** Length of a partial: what the network was trained on. */
  readonly partialFrames: number;
  /** Partials lie on this grid of the recording, and each is embedded once however many chunks see it. */
  readonly gridHopFrames: number;
  /** A grid partial counts for a speaker who has at least this share of it alone … */
  readonly minShare: number;
  /** … and grid partials are enough for a speaker who has at least this many. `Infinity`: never. */
  readonly minGridPartials: number;
  /** Otherwise the speaker's own frames are joined and cut into partials with this hop. */
  readonly joinedHopFrames: number;
  /** With fewer own mel frames there is no embedding. */
  readonly minJoinedFrames: number;
  /** With at most this many clean activity frames, frames in overlap are used too. */
  readonly minCleanFrames: number;
};

/**
 * 0.8 and 2: speakers of long turns live on shared grid partials, those of short turns get their own frames joined,
 * because a grid partial that hears somebody else for a third of a second moves their embedding by more than the
 * distance between two voices (bench/README.md). 80, 20 and 12 are those of the pyannote recordings in
 * test/golden/resolution.
 */
export const DEFAULT_PARTIAL_RULES: PartialRules = Object.freeze({
  partialFrames: 160,
  gridHopFrames: 40,
  minShare: 0.8,
  minGridPartials: 2,
  joinedHopFrames: 80,
  minJoinedFrames: 20,
  minCleanFrames: 12,
});

/** A partial on the grid of the recording, `gridIndex * gridHopFrames` mel frames from its start. */
export type WeightedPartial = { readonly gridIndex: number; readonly weight: number };

/** What one local speaker's embedding is made of: shared grid partials, or its own mel frames joined. */
export type SpeakerPlan =
  | { readonly kind: 'grid'; readonly partials: readonly WeightedPartial[] }
  /** Mel frames counted from the start of the chunk, ascending. */
  | { readonly kind: 'joined'; readonly melFrames: Int32Array }
  | { readonly kind: 'none' };

const MEL_HOP_SAMPLES = 160;
const MEL_HOP_SECONDS = 0.01;

/**
 * Plans the embedding of every local speaker of a chunk.
 *
 * @param chunkStartFrame the chunk's first mel frame in the recording
 * @param activity        [framesPerChunk], bit s set where local speaker s is active
 */
export function planChunk(
  rules: PartialRules,
  geometry: ChunkGeometry,
  chunkStartFrame: number,
  activity: Uint8Array,
): SpeakerPlan[] {
  const plans: SpeakerPlan[] = [];
  const mask = new Uint8Array(activity.length);
  const activePrefix = prefixSums(activity, bitCount);
  for (let speaker = 0; speaker < geometry.localSpeakerCount; speaker++) {
    const cleanFrames = markAlone(activity, speaker, mask);
    const partials = gridPartials(rules, geometry, chunkStartFrame, mask, activePrefix);
    if (partials.length >= rules.minGridPartials) {
      plans.push({ kind: 'grid', partials });
      continue;
    }
    if (cleanFrames <= rules.minCleanFrames) markActive(activity, speaker, mask);
    const melFrames = ownMelFrames(geometry, mask);
    plans.push(melFrames.length >= rules.minJoinedFrames ? { kind: 'joined', melFrames } : { kind: 'none' });
  }
  return plans;
}

/**
 * Grid partials inside the chunk of which the speaker has enough alone; the weight is that share times the squared
 * share of the speaker in all speech of the partial.
 */
function gridPartials(
  rules: PartialRules,
  geometry: ChunkGeometry,
  chunkStartFrame: number,
  alone: Uint8Array,
  activePrefix: Int32Array,
): WeightedPartial[] {
  const { partialFrames, gridHopFrames, minShare } = rules;
  const partials: WeightedPartial[] = [];
  const chunkMelFrames = geometry.chunkSamples / MEL_HOP_SAMPLES;
  const alonePrefix = prefixSums(alone, (value) => value);
  const lastStart = chunkStartFrame + chunkMelFrames - partialFrames;
  for (let index = Math.ceil(chunkStartFrame / gridHopFrames); index * gridHopFrames <= lastStart; index++) {
    const fromSeconds = (index * gridHopFrames - chunkStartFrame) * MEL_HOP_SECONDS;
    const [from, to] = framesBetween(geometry, fromSeconds, fromSeconds + partialFrames * MEL_HOP_SECONDS);
    const own = alonePrefix[to]! - alonePrefix[from]!;
    const share = to > from ? own / (to - from) : 0;
    if (share < minShare) continue;
    const purity = own / (activePrefix[to]! - activePrefix[from]!);
    partials.push({ gridIndex: index, weight: share * purity * purity });
  }
  return partials;
}

/** Mel frames of the chunk under set activity frames, by nearest neighbour as pyannote interpolates masks. */
function ownMelFrames(geometry: ChunkGeometry, mask: Uint8Array): Int32Array {
  const melFrames = geometry.chunkSamples / MEL_HOP_SAMPLES + 1;
  const own: number[] = [];
  for (let frame = 0; frame < melFrames; frame++) {
    if (mask[Math.floor((frame * mask.length) / melFrames)] === 1) own.push(frame);
  }
  return Int32Array.from(own);
}

/** `out[i]` is the sum of the first i values. */
function prefixSums(values: Uint8Array, valueOf: (entry: number) => number): Int32Array {
  const sums = new Int32Array(values.length + 1);
  for (let index = 0; index < values.length; index++)
    sums[index + 1] = sums[index]! + valueOf(values[index]!);
  return sums;
}

function bitCount(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/**
 * Starts of the partials that cover `frameCount` joined frames: every hop, and one more that ends with the last frame.
 * Fewer frames than a partial: one partial, which repeats them.
 */
export function joinedPartialStarts(rules: PartialRules, frameCount: number): number[] {
  const { partialFrames, joinedHopFrames } = rules;
  const starts = [0];
  for (let start = joinedHopFrames; start + partialFrames <= frameCount; start += joinedHopFrames)
    starts.push(start);
  if (starts.at(-1)! + partialFrames < frameCount) starts.push(frameCount - partialFrames);
  return starts;
}
