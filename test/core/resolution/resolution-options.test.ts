import { describe, expect, it } from 'vitest';
import {
  checkResolutionOptions,
  DEFAULT_AGGLOMERATIVE_OPTIONS,
  DEFAULT_EVIDENCE_OPTIONS,
  DEFAULT_RESOLUTION_OPTIONS,
  DEFAULT_VBX_OPTIONS,
} from '../../../core/resolution/resolution-options.ts';

describe('checkResolutionOptions', () => {
  it('accepts the defaults', () => {
    checkResolutionOptions(DEFAULT_RESOLUTION_OPTIONS);
    checkResolutionOptions({ ...DEFAULT_RESOLUTION_OPTIONS, clustering: DEFAULT_VBX_OPTIONS });
  });

  it.each([
    ['minAloneShare', { minAloneShare: 1.1 }],
    ['minDurationOnSeconds', { minDurationOnSeconds: -1 }],
    ['minDurationOffSeconds', { minDurationOffSeconds: NaN }],
    ['threshold', { clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, threshold: 2.5 } }],
    ['minClusterSize', { clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, minClusterSize: 0 } }],
    ['maxLinkedVectors', { clustering: { ...DEFAULT_AGGLOMERATIVE_OPTIONS, maxLinkedVectors: 1e6 } }],
    ['speakerRegularization', { clustering: { ...DEFAULT_VBX_OPTIONS, speakerRegularization: 0 } }],
    ['maxIterations', { clustering: { ...DEFAULT_VBX_OPTIONS, maxIterations: 0 } }],
  ])('names %s when it is out of range', (name, wrong) => {
    expect(() => checkResolutionOptions({ ...DEFAULT_RESOLUTION_OPTIONS, ...wrong })).toThrow(
      expect.objectContaining({
        code: 'invalid_option',
        message: expect.stringContaining(`Expected ${name} from`) as string,
      }),
    );
  });

  const { clustering: _clustering, ...others } = DEFAULT_RESOLUTION_OPTIONS;
  const numbersOf = (options: object) =>
    Object.entries(options).flatMap(([name, value]) => (typeof value === 'number' ? [name] : []));
  const ofClusterings = [
    { ...DEFAULT_AGGLOMERATIVE_OPTIONS, maxTogetherShare: 0.2 },
    DEFAULT_VBX_OPTIONS,
    DEFAULT_EVIDENCE_OPTIONS,
  ].flatMap((clustering) =>
    numbersOf(clustering).map((name) => ({
      name,
      options: { ...DEFAULT_RESOLUTION_OPTIONS, clustering: { ...clustering, [name]: NaN } },
    })),
  );
  const ofOthers = numbersOf(others).map((name) => ({
    name,
    options: { ...DEFAULT_RESOLUTION_OPTIONS, [name]: NaN },
  }));

  it.each([...ofOthers, ...ofClusterings])(
    'passes over no number: $name of $options.clustering.method',
    (wrong) => {
      expect(() => checkResolutionOptions(wrong.options)).toThrow(`Expected ${wrong.name} from`);
    },
  );

  it('names the known linkages', () => {
    const clustering = { ...DEFAULT_AGGLOMERATIVE_OPTIONS, linkage: 'ward' as 'single' };
    expect(() => checkResolutionOptions({ ...DEFAULT_RESOLUTION_OPTIONS, clustering })).toThrow(
      /centroid, average, complete, single, got ward/,
    );
  });
});
