import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScaleClusteringOptions } from '../../core/resolution/nme-spectral/cluster-scales.ts';
import type { MultiScaleEmbeddings } from '../../core/resolution/nme-spectral/scale-embeddings.ts';
import { readNumpyArchive, type LooseArray } from './numpy-archive.ts';
import { sharedFolder } from './shared.ts';

const SHARED = join(sharedFolder, 'data/golden/nemo-clustering');
const COMMITTED = join(import.meta.dirname, '../golden/nemo-clustering');

/** The shared folder with all cases, else the few that are committed. */
export const nemoGoldens = existsSync(SHARED) ? SHARED : COMMITTED;

/** Cases of a JSON file; the caller says what they look like. */
export function nemoCases(name: string): readonly unknown[] {
  const file = JSON.parse(readFileSync(join(nemoGoldens, `${name}.json`), 'utf8')) as { cases: unknown[] };
  return file.cases;
}

/** What NeMo noted of one search. */
export type GoldenSearch = {
  readonly full_n: number;
  readonly n: number;
  readonly p: readonly number[];
  readonly g_p: readonly number[];
  readonly speakers: readonly number[];
  readonly gap_margin: readonly (number | null)[];
  readonly lambda_max: readonly number[];
  readonly connected: boolean;
  readonly estimated: number;
  readonly p_hat: number;
};

export type GoldenSession = {
  readonly name: string;
  readonly embeddings: MultiScaleEmbeddings;
  readonly options: ScaleClusteringOptions;
  readonly searches: readonly GoldenSearch[];
  readonly anchorTrials: readonly number[] | undefined;
  readonly centres: readonly (readonly number[])[];
  /** An array of the case, if it was kept. */
  readonly array: (name: string) => LooseArray | undefined;
};

type Meta = {
  readonly nme: readonly GoldenSearch[] | null;
  readonly kmeans: readonly { readonly indices: readonly number[] }[];
  readonly enhanced: readonly { readonly trials: readonly number[] }[];
};

/** Clustering sessions, made up and recorded. */
export function nemoSessions(): GoldenSession[] {
  return ['nme-synthetic', 'nme-recordings']
    .map((name) => join(nemoGoldens, `${name}.npz`))
    .filter(existsSync)
    .flatMap((path) => {
      const arrays = readNumpyArchive(path);
      return [...arrays.keys()]
        .filter((key) => key.endsWith('/labels'))
        .map((key) => sessionOf(key.slice(0, -'/labels'.length), arrays));
    });
}

function sessionOf(name: string, arrays: ReadonlyMap<string, LooseArray>): GoldenSession {
  const array = (part: string): LooseArray | undefined => arrays.get(`${name}/${part}`);
  const input = JSON.parse(array('input')!.text) as {
    counts: number[];
    weights: number[];
    options: Record<string, number | boolean>;
  };
  const meta = JSON.parse(array('meta')!.text) as Meta;
  const columns = array('embeddings')!.shape[1]!;
  let first = 0;
  const scales = input.counts.map((rows) => {
    const times = array('timestamps')!.data.subarray(2 * first, 2 * (first + rows));
    const data = Float32Array.from(
      array('embeddings')!.data.subarray(first * columns, (first + rows) * columns),
    );
    first += rows;
    return {
      startSeconds: Float32Array.from({ length: rows }, (_, row) => times[2 * row]!),
      endSeconds: Float32Array.from({ length: rows }, (_, row) => times[2 * row + 1]!),
      vectors: { data, rows, columns },
    };
  });
  return {
    name,
    embeddings: { scales, weights: input.weights },
    options: optionsOf(input.options),
    searches: meta.nme ?? [],
    anchorTrials: meta.enhanced[0]?.trials,
    centres: meta.kmeans.map(({ indices }) => indices),
    array,
  };
}

function optionsOf(options: Readonly<Record<string, number | boolean>>): ScaleClusteringOptions {
  const number = (name: string): number | undefined => options[name] as number | undefined;
  return {
    maxSpeakers: number('max_num_speakers')!,
    maxNeighbourShare: number('max_rp_threshold')!,
    searchSteps: options.sparse_search === false ? Infinity : number('sparse_search_volume')!,
    neighbourShare: number('fixed_thres'),
    sampleSize: number('nme_mat_size') ?? 512,
    majorityCount: options.maj_vote_spk_count === true,
    speakers: number('oracle_num_speakers'),
    kMeansTrials: number('kmeans_random_trials') ?? 1,
    anchorCountSize: number('enhanced_count_thres')!,
    segmentsPerPiece: number('embeddings_per_chunk') ?? Infinity,
    clustersPerPiece: number('chunk_cluster_count') ?? 50,
  };
}
