/** From segments of speech at several scales to the speakers of a recording and who of them each local speaker is. */
import { InvalidInputError } from '../../errors.ts';
import type { Matrix } from '../../math/matrix.ts';
import { gatherRows } from '../../math/vector.ts';
import { frameMiddleSeconds } from '../../timeline/sliding-window.ts';
import type { SpeakerClusters } from '../cluster-speakers.ts';
import { firstFrameOfChunk, globalFrameCount } from '../global-frames.ts';
import { clusterScales, type ScaleClusters } from '../nme-spectral/cluster-scales.ts';
import { joinTouching, type LabelledSegment, meetHalfway } from '../nme-spectral/label-turns.ts';
import {
  baseScaleOf,
  mapToScale,
  type MultiScaleEmbeddings,
  type ScaleEmbeddings,
} from '../nme-spectral/scale-embeddings.ts';
import { countLocalFrames, type LocalSpeakers } from '../local-speakers.ts';
import type { Observations, ObservedScale } from '../observations.ts';
import { type CompleteSpeakerBounds, limitBounds, wantedCount } from '../speaker-bounds.ts';
import { bitCount } from '../speaker-count.ts';
import { weightedMeans } from '../weighted-means.ts';
import type { NmeSpectralClusteringOptions } from './nme-spectral-options.ts';

/** What is found among segments, in the form that local speakers are assigned by. */
export type ScaleSpeakers = {
  readonly local: LocalSpeakers;
  readonly clusters: SpeakerClusters;
  /** [row, cluster]: 1 and the share of a local speaker's frames that the segments give to the cluster. */
  readonly scores: Matrix<Float64Array>;
  /** One speaker at a time, as NeMo writes them: by time, `cluster` not in order of appearance. */
  readonly turns: readonly LabelledSegment[];
};

/**
 * Clusters the segments of a recording, and compares its local speakers with what came out: a segment knows one speaker,
 * a local speaker knows the frames in which it speaks, alone or with others. So overlap that segmentation heard, which
 * NeMo loses, is put back.
 *
 * @throws InvalidInputError `invalid_option` for observations without segments or with other scales than the options
 */
export function findScaleSpeakers(
  observations: Observations,
  options: NmeSpectralClusteringOptions,
  bounds: CompleteSpeakerBounds,
  onTick?: () => void,
): ScaleSpeakers {
  const embeddings = scaleEmbeddings(observations, options);
  const base = baseScaleOf(embeddings);
  const found = clustersOf(embeddings, options, bounds, onTick);
  const labels = consecutive(found.labels);
  // Where no segment was long enough, whoever speaks is one.
  const isNobodyKnown = labels.length === 0;
  const clusterCount = labels.reduce((largest, label) => Math.max(largest, label), 0) + 1;
  const turns = joinTouching(meetHalfway(labelledSegments(base, labels)));
  const frames = framesOf(observations, turns);
  const { scores, hasLabel } = scoreByFrames(observations, frames, clusterCount);
  const [longest] = embeddings.scales;
  // The longest segments know a voice best.
  const vectors = gatherRows(longest!.vectors, mapToScale(base, longest!));
  return {
    local: { ...countLocalFrames(observations), hasEmbedding: hasLabel },
    clusters: {
      centroids: weightedMeans(vectors, labels, clusterCount),
      labels,
      single: isNobodyKnown,
      constrained: true,
      ...(found.searches.length === 0 ? {} : { scales: found }),
    },
    scores,
    turns,
  };
}

function clustersOf(
  embeddings: MultiScaleEmbeddings,
  options: NmeSpectralClusteringOptions,
  bounds: CompleteSpeakerBounds,
  onTick: (() => void) | undefined,
): ScaleClusters {
  const { rows } = baseScaleOf(embeddings).vectors;
  const limited = limitBounds(bounds, rows);
  if (rows === 0 || limited.max === 1) return { labels: new Int32Array(rows), searches: [] };
  const search = {
    ...options,
    maxSpeakers: Math.min(limited.exact ?? options.maxSpeakers, limited.max),
    speakers: limited.exact,
  };
  const found = clusterScales(embeddings, search, { onTick });
  const wanted = wantedCount(new Set(found.labels).size, limited);
  if (wanted === undefined || wanted === limited.exact) return found;
  return clusterScales(embeddings, { ...search, speakers: wanted }, { onTick });
}

/** The observed scales with their vectors. */
function scaleEmbeddings(
  { scales, embeddings, embeddingDimension }: Observations,
  { scaleWeights }: NmeSpectralClusteringOptions,
): MultiScaleEmbeddings {
  if (scales?.length !== scaleWeights.length) {
    const got = scales === undefined ? 'none' : String(scales.length);
    throw new InvalidInputError(
      'invalid_option',
      `Expected observations of ${scaleWeights.length} scales, got ${got}: this clustering needs segments of speech as a preset of the same scales embeds them.`,
      { details: { option: 'preset' } },
    );
  }
  const sizes = scales.map(({ startSeconds }) => startSeconds.length);
  if (sizes.some((size) => size === 0) && sizes.some((size) => size > 0)) {
    throw new InvalidInputError(
      'invalid_file',
      `Expected segments of every scale, got ${sizes.join(', ')}; observe the recording again.`,
    );
  }
  let row = 0;
  const withVectors = (scale: ObservedScale): ScaleEmbeddings => {
    const rows = scale.startSeconds.length;
    const data = embeddings.subarray(row * embeddingDimension, (row + rows) * embeddingDimension);
    row += rows;
    return { ...scale, vectors: { data, rows, columns: embeddingDimension } };
  };
  return { scales: scales.map(withVectors), weights: scaleWeights };
}

/** Clusters by first appearance, without gaps. */
function consecutive(labels: Int32Array): Int32Array {
  const names = new Map<number, number>();
  for (const label of labels) if (!names.has(label)) names.set(label, names.size);
  return labels.map((label) => names.get(label)!);
}

function labelledSegments(
  { startSeconds, endSeconds }: ScaleEmbeddings,
  labels: Int32Array,
): LabelledSegment[] {
  return Array.from(labels, (cluster, index) => ({
    cluster,
    startSeconds: startSeconds[index]!,
    endSeconds: endSeconds[index]!,
  }));
}

/** Cluster of each frame of the recording; -1 outside of all segments. */
function framesOf(observations: Observations, turns: readonly LabelledSegment[]): Int32Array {
  const frames = new Int32Array(globalFrameCount(observations)).fill(-1);
  let frame = 0;
  for (const { startSeconds, endSeconds, cluster } of turns) {
    while (frame < frames.length && frameMiddleSeconds(observations.frameGrid, frame) < startSeconds) frame++;
    for (; frame < frames.length; frame++) {
      if (frameMiddleSeconds(observations.frameGrid, frame) >= endSeconds) break;
      frames[frame] = cluster;
    }
  }
  return frames;
}

/** A local speaker's frames alone say who it is; of one who is never alone, all of them. */
function scoreByFrames(
  observations: Observations,
  frames: Int32Array,
  clusterCount: number,
): { readonly scores: Matrix<Float64Array>; readonly hasLabel: Uint8Array } {
  const { chunkCount, framesPerChunk, localSpeakerCount, activity } = observations;
  const rows = chunkCount * localSpeakerCount;
  const data = new Float64Array(rows * clusterCount).fill(NaN);
  const hasLabel = new Uint8Array(rows);
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    const first = firstFrameOfChunk(observations, chunk);
    const own = activity.subarray(chunk * framesPerChunk, (chunk + 1) * framesPerChunk);
    for (let speaker = 0; speaker < localSpeakerCount; speaker++) {
      const count = (onlyAlone: boolean): Float64Array => {
        const heard = new Float64Array(clusterCount);
        own.forEach((bits, frame) => {
          const cluster = frames[first + frame] ?? -1;
          const counts = ((bits >> speaker) & 1) === 1 && (!onlyAlone || bitCount(bits) === 1);
          if (counts && cluster >= 0) heard[cluster]! += 1;
        });
        return heard;
      };
      const alone = count(true);
      const heard = alone.some((value) => value > 0) ? alone : count(false);
      const total = heard.reduce((sum, value) => sum + value, 0);
      if (total === 0) continue;
      const row = chunk * localSpeakerCount + speaker;
      hasLabel[row] = 1;
      heard.forEach((value, cluster) => (data[row * clusterCount + cluster] = 1 + value / total));
    }
  }
  return { scores: { data, rows, columns: clusterCount }, hasLabel };
}
