/**
 * What `colloquy tune` searches by default, by the method of clustering. Narrow on purpose: with a wide space more of
 * what is found is luck (docs/tuning.md).
 */
import { InvalidInputError } from '../../errors.ts';
import type { ClusteringOptions } from '../../resolution/resolution-options.ts';
import type { SearchSetting, SearchSpace } from './search-setting.ts';

/** How turns are made, whatever the clustering. */
const TURNS: SearchSpace = [
  { path: 'minAloneShare', kind: 'float', low: 0.02, high: 0.3 },
  { path: 'minDurationOffSeconds', kind: 'float', low: 0, high: 0.6 },
];

const CLUSTER_SIZE: SearchSetting = { path: 'clustering.minClusterSize', kind: 'int', low: 4, high: 16 };
const TOGETHER: SearchSetting = { path: 'clustering.maxTogetherShare', kind: 'float', low: 0.05, high: 0.4 };

export const SEARCH_SPACES: Readonly<Partial<Record<ClusteringOptions['method'], SearchSpace>>> = {
  agglomerative: [
    { path: 'clustering.threshold', kind: 'float', low: 0.6, high: 1 },
    CLUSTER_SIZE,
    TOGETHER,
    ...TURNS,
  ],
  evidence: [
    { path: 'clustering.threshold', kind: 'float', low: 0.5, high: 0.75 },
    { path: 'clustering.maxIndependent', kind: 'float', low: 4, high: 12, log: true },
    { path: 'clustering.leastGain', kind: 'float', low: -8, high: 8 },
    CLUSTER_SIZE,
    TOGETHER,
    ...TURNS,
  ],
  'nme-spectral': [
    { path: 'clustering.maxNeighbourShare', kind: 'float', low: 0.1, high: 0.4 },
    { path: 'clustering.searchSteps', kind: 'int', low: 5, high: 40 },
    { path: 'minDurationOffSeconds', kind: 'float', low: 0, high: 0.6 },
  ],
  vbx: [
    { path: 'clustering.threshold', kind: 'float', low: 0.4, high: 0.8 },
    { path: 'clustering.statisticsScale', kind: 'float', low: 0.02, high: 0.3, log: true },
    { path: 'clustering.speakerRegularization', kind: 'float', low: 0.3, high: 3, log: true },
    ...TURNS,
  ],
};

/**
 * The default space of a method, as far as the options have its settings.
 *
 * @param isPresent whether the options have a setting of this path
 * @throws InvalidInputError `invalid_option` for a method that has none
 */
export function searchSpaceOf(
  method: ClusteringOptions['method'],
  isPresent: (path: string) => boolean,
): SearchSpace {
  const space = SEARCH_SPACES[method]?.filter(({ path }) => isPresent(path));
  if (space !== undefined && space.length > 0) return space;
  throw new InvalidInputError(
    'invalid_option',
    `There is no search space for clustering by ${method}; say with --space what to search.`,
    { details: { option: 'space' } },
  );
}
