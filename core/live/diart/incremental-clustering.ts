import { InvalidInputError } from '../../errors.ts';
import { rowOf, type Matrix } from '../../math/matrix.ts';
import { mapByCosineDistance } from './speaker-map-builders.ts';
import { SpeakerMap } from './speaker-map.ts';
import type { ScoreFrames } from './score-frames.ts';

/** Thresholds of diart's clustering. */
export type IncrementalClusteringOptions = {
  /** A local speaker is active if its largest score reaches this. @default 0.6 (diart's class; 0.5 on its command line) */
  readonly tauActive: number;
  /** A centre moves only with speakers whose mean score reaches this. @default 0.3 */
  readonly rhoUpdate: number;
  /** Cosine distance from which a voice is a new one, in [0, 2]. @default 1 */
  readonly deltaNew: number;
  /** @default 20 speakers */
  readonly maxSpeakers: number;
};

export const DEFAULT_INCREMENTAL_CLUSTERING_OPTIONS: IncrementalClusteringOptions = Object.freeze({
  tauActive: 0.6,
  rhoUpdate: 0.3,
  deltaNew: 1,
  maxSpeakers: 20,
});

/**
 * diart's incremental clustering: which of the speakers known so far each local speaker of a window is.
 *
 * Two locals of one window never become one speaker. A centre is the running sum of its embeddings. Once given, a
 * name is never taken back.
 *
 * @see J. M. Coria et al., "Overlap-aware low-latency online speaker diarization based on end-to-end local
 *   segmentation", ASRU 2021, section 2.3; diart 0.9.2, `blocks/clustering.py` (MIT)
 */
export class IncrementalClustering {
  readonly #options: IncrementalClusteringOptions;
  readonly #known = new Set<number>();
  readonly #blocked = new Set<number>();
  #centres: Matrix<Float64Array> | undefined;

  constructor(options: Partial<IncrementalClusteringOptions> = {}) {
    this.#options = { ...DEFAULT_INCREMENTAL_CLUSTERING_OPTIONS, ...options };
  }

  /** Sums of the embeddings of each speaker, [maxSpeakers, dimension]; `undefined` before the first window. */
  get centres(): Matrix<Float64Array> | undefined {
    return this.#centres;
  }

  /** Speakers that have a centre. */
  get knownSpeakers(): ReadonlySet<number> {
    return this.#known;
  }

  /** From now on nobody becomes this speaker by distance, and no new voice gets this number. */
  block(speaker: number): void {
    this.#blocked.add(speaker);
  }

  /**
   * Says who the local speakers of the next window are, and learns from it.
   *
   * @param segmentation scores of the window
   * @param embeddings one row a local speaker; a row with NaN counts as absent
   * @returns map from local to global speakers
   * @throws InvalidInputError `invalid_option` where a window has more local speakers than `maxSpeakers`;
   *   `invalid_file` for an active speaker's vector of zeros, which has no direction
   */
  identify(segmentation: ScoreFrames, embeddings: Matrix): SpeakerMap {
    this.#check(segmentation, embeddings);
    const active = activeSpeakers(segmentation, embeddings, this.#options.tauActive);
    if (this.#centres === undefined) return this.#openFirst(active, embeddings);
    const centres = this.#centres;

    const locals = Array.from({ length: segmentation.speakerCount }, (_, local) => local);
    const unavailable = Array.from({ length: centres.rows }, (_, global) => global).filter(
      (global) => !this.#known.has(global) || this.#blocked.has(global),
    );
    const distances = mapByCosineDistance(embeddings, centres).without(
      locals.filter((local) => !active.includes(local)),
      unavailable,
    );
    const near = distances.withoutWorseThan(this.#options.deltaNew);
    const missed = active.filter((local) => !near.isLocalMapped(local));
    const long = longSpeakers(segmentation, this.#options.rhoUpdate);

    const { map, fresh } = this.#placeMissed(missed, long, distances, near);
    for (const [local, global] of map.assignments()) {
      if (!missed.includes(local) && long.has(local)) addTo(rowOf(centres, global), rowOf(embeddings, local));
    }
    return fresh.reduce((changed, local) => {
      return changed.withPair(local, this.#open(rowOf(embeddings, local)));
    }, map);
  }

  /** The first window of a stream opens a centre for everybody, however short (convention 14). */
  #openFirst(active: readonly number[], embeddings: Matrix): SpeakerMap {
    const rows = this.#options.maxSpeakers;
    const data = new Float64Array(rows * embeddings.columns);
    this.#centres = { data, rows, columns: embeddings.columns };
    const pairs = active.map((local) => [local, this.#open(rowOf(embeddings, local))] as const);
    return SpeakerMap.ofPairs({ locals: embeddings.rows, globals: rows }, pairs, 'minimize');
  }

  /** Those who are near nobody: a new centre for long speech while there is room, else the nearest free known one. */
  #placeMissed(
    missed: readonly number[],
    long: ReadonlySet<number>,
    distances: SpeakerMap,
    near: SpeakerMap,
  ): { map: SpeakerMap; fresh: number[] } {
    const room = this.#options.maxSpeakers - this.#known.size - this.#blocked.size;
    const fresh: number[] = [];
    let map = near;
    for (const local of missed) {
      if (fresh.length < room && long.has(local)) {
        fresh.push(local);
        continue;
      }
      const row = rowOf(distances.matrix, local);
      const taken = new Set(map.assignments().map(([, global]) => global));
      const [nearest] = [...this.#known]
        .filter((global) => !taken.has(global))
        .sort((a, b) => row[a]! - row[b]! || a - b);
      if (nearest !== undefined) map = map.withPair(local, nearest);
    }
    return { map, fresh };
  }

  /** Opens the lowest free centre. */
  #open(embedding: Float32Array): number {
    const { data, rows, columns } = this.#centres!;
    const centre = Array.from({ length: rows }, (_, global) => global).find(
      (global) => !this.#known.has(global) && !this.#blocked.has(global),
    )!;
    data.set(embedding, centre * columns);
    this.#known.add(centre);
    return centre;
  }

  #check(segmentation: ScoreFrames, embeddings: Matrix): void {
    const { maxSpeakers } = this.#options;
    if (segmentation.speakerCount > maxSpeakers) {
      throw new InvalidInputError(
        'invalid_option',
        `Expected maxSpeakers of at least ${segmentation.speakerCount}, the local speakers of a window, got ${maxSpeakers}.`,
      );
    }
    const active = activeSpeakers(segmentation, embeddings, this.#options.tauActive);
    const empty = active.find((local) => rowOf(embeddings, local).every((value) => value === 0));
    if (empty !== undefined) {
      throw new InvalidInputError(
        'invalid_file',
        `Expected embeddings with a direction, got zeros for local speaker ${empty}. Give NaN where a speaker has none.`,
      );
    }
  }
}

/** Locals whose largest score reaches `tau` and whose embedding is whole. */
function activeSpeakers(segmentation: ScoreFrames, embeddings: Matrix, tau: number): number[] {
  const { data, frameCount, speakerCount } = segmentation;
  const threshold = data instanceof Float32Array ? Math.fround(tau) : tau;
  return Array.from({ length: speakerCount }, (_, local) => local).filter((local) => {
    if (rowOf(embeddings, local).some(Number.isNaN)) return false;
    for (let frame = 0; frame < frameCount; frame += 1) {
      if (data[frame * speakerCount + local]! >= threshold) return true;
    }
    return false;
  });
}

/** Locals whose mean score reaches `rho`; the mean of float32 scores is taken in float32, as NumPy does. */
function longSpeakers(segmentation: ScoreFrames, rho: number): Set<number> {
  const { data, frameCount, speakerCount } = segmentation;
  const round = data instanceof Float32Array ? Math.fround : (value: number): number => value;
  const sums = new Float64Array(speakerCount);
  for (let i = 0; i < frameCount * speakerCount; i += 1) {
    const speaker = i % speakerCount;
    sums[speaker] = round(sums[speaker]! + data[i]!);
  }
  return new Set([...sums.keys()].filter((local) => round(sums[local]! / frameCount) >= round(rho)));
}

function addTo(centre: Float64Array, embedding: Float32Array): void {
  for (let i = 0; i < centre.length; i += 1) centre[i]! += embedding[i]!;
}
