import { describe, expect, it } from 'vitest';
import {
  checkResolutionOptions,
  DEFAULT_AGGLOMERATIVE_OPTIONS,
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

  it('names the known linkages', () => {
    const clustering = { ...DEFAULT_AGGLOMERATIVE_OPTIONS, linkage: 'ward' as 'single' };
    expect(() => checkResolutionOptions({ ...DEFAULT_RESOLUTION_OPTIONS, clustering })).toThrow(
      /centroid, average, complete, single, got ward/,
    );
  });
});
