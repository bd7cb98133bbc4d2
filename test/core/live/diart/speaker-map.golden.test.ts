import { expect, it } from 'vitest';
import {
  mapByCorrelation,
  mapByCosineDistance,
  mapByEuclideanDistance,
  mapByMeanAbsoluteError,
  mapByMeanSquaredError,
} from '../../../../core/live/diart/speaker-map-builders.ts';
import { SpeakerMap } from '../../../../core/live/diart/speaker-map.ts';
import { diartUnits } from '../../../support/diart-goldens.ts';

type Pairs = [number, number][];
type Case = {
  readonly name: string;
  readonly of?: string;
  readonly threshold?: number;
  readonly sources?: number[];
  readonly targets?: number[];
  readonly source?: number;
  readonly target?: number;
  readonly args?: {
    readonly shape?: [number, number];
    readonly assignments?: Pairs;
    readonly scores1?: number[][];
    readonly scores2?: number[][];
    readonly embeddings1?: number[][];
    readonly embeddings2?: number[][];
    readonly unmapTargets?: number[];
    readonly self?: Pairs;
    readonly other?: Pairs;
  };
  readonly map: {
    readonly matrix: number[][];
    readonly maximize: boolean;
    readonly mappedSource: number[];
    readonly mappedTarget: number[];
    readonly rawAssignments: number[];
    readonly loose: Pairs;
    readonly strict: Pairs;
  };
};
const golden = diartUnits('speaker-map') as {
  cases: Case[];
  apply: { of: string; scores: number[][]; result: number[][] }[];
};

/** More locals than globals: diart shifts rows there, and such settings are refused (convention 20). */
const cases = golden.cases.filter(({ name }) => !name.startsWith('quirk'));

function matrixOf<T extends Float32Array | Float64Array>(
  rows: number[][],
  type: { from(values: number[]): T },
) {
  return { data: type.from(rows.flat()), rows: rows.length, columns: rows[0]!.length };
}

/** Builds the map of a case, by name and from the map that it changes. */
function build(sample: Case, of: (name: string) => SpeakerMap): SpeakerMap {
  const { name, args = {} } = sample;
  const pairsMap = (pairs: Pairs, objective: 'minimize' | 'maximize' = 'minimize'): SpeakerMap => {
    const [locals, globals] = args.shape!;
    return SpeakerMap.ofPairs({ locals, globals }, pairs, objective);
  };
  if (sample.threshold !== undefined) return of(sample.of!).withoutWorseThan(sample.threshold);
  if (sample.sources !== undefined) return of(sample.of!).without(sample.sources, sample.targets);
  if (sample.target !== undefined) return of(sample.of!).withPair(sample.source!, sample.target);
  if (sample.source !== undefined) return of(sample.of!).without([sample.source]);
  if (args.self !== undefined) return pairsMap(args.self).joinedWith(pairsMap(args.other!));
  if (name.startsWith('compose')) return of('hard_map minimise').followedBy(pairsMap(args.assignments!));
  if (args.assignments !== undefined) {
    return pairsMap(args.assignments, sample.map.maximize ? 'maximize' : 'minimize');
  }
  if (args.embeddings1 !== undefined) {
    const from = matrixOf(args.embeddings1, Float32Array);
    const to = matrixOf(args.embeddings2!, Float64Array);
    const map = name.includes('cosine') ? mapByCosineDistance(from, to) : mapByEuclideanDistance(from, to);
    return map.without([], args.unmapTargets);
  }
  const [one, other] = [matrixOf(args.scores1!, Float64Array), matrixOf(args.scores2!, Float64Array)];
  if (name === 'correlation') return mapByCorrelation(one, other);
  return name === 'mse' ? mapByMeanSquaredError(one, other) : mapByMeanAbsoluteError(one, other);
}

function mapNamed(prefix: string): SpeakerMap {
  const sample =
    cases.find(({ name }) => name === prefix) ?? cases.find(({ name }) => name.startsWith(prefix));
  return build(sample!, mapNamed);
}

it.each(cases.map((sample) => [sample.name, sample] as const))(
  'maps speakers as diart does: %s',
  (_, sample) => {
    const map = build(sample, mapNamed);
    sample.map.matrix.flat().forEach((value, i) => expect(map.matrix.data[i]).toBeCloseTo(value, 6));
    expect(map.mappedLocals()).toEqual(sample.map.mappedSource);
    expect(map.mappedGlobals()).toEqual(sample.map.mappedTarget);
    expect([...map.rawAssignment()]).toEqual(sample.map.rawAssignments);
    expect(map.assignments()).toEqual(sample.map.loose);
    expect(map.assignments(true)).toEqual(sample.map.strict);
  },
);

it('moves scores to their globals', () => {
  for (const { of, scores, result } of golden.apply.filter(({ of: name }) => name !== 'quirk')) {
    const moved = mapNamed(of).apply(Float64Array.from(scores.flat()), scores.length);
    expect([...moved]).toEqual(result.flat());
  }
});
