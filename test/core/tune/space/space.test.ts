import { describe, expect, it } from 'vitest';
import { DIARIZATION_PRESETS } from '../../../../core/diarization/presets.ts';
import { InvalidInputError } from '../../../../core/errors.ts';
import {
  differingSettings,
  isSettingPath,
  readSetting,
  withSettings,
} from '../../../../core/resolution/settings.ts';
import { gridOf } from '../../../../core/tune/space/grid.ts';
import { checkSearchSpace } from '../../../../core/tune/space/search-setting.ts';
import { SEARCH_SPACES, searchSpaceOf } from '../../../../core/tune/space/search-spaces.ts';
import { isWithin } from '../../../../core/tune/tpe/distribution.ts';

const EMBEDDED = DIARIZATION_PRESETS.embedded!.resolution;

describe('settings by path', () => {
  it('are read and changed, and the rest stays', () => {
    const changed = withSettings(EMBEDDED, { 'clustering.threshold': 0.55, minAloneShare: 0.1 });
    expect(readSetting(changed, 'clustering.threshold')).toBe(0.55);
    expect(changed.minAloneShare).toBe(0.1);
    expect(differingSettings(EMBEDDED, changed)).toEqual({
      'clustering.threshold': 0.55,
      minAloneShare: 0.1,
    });
    expect(differingSettings(EMBEDDED, EMBEDDED)).toEqual({});
  });

  it('refuse what does not exist, is of another kind or out of range', () => {
    const wrong: Record<string, number | string | boolean>[] = [
      { 'clustering.thresholds': 1 },
      { 'clustering.method': 'vbx' },
      { __proto__x: 1 },
      { minAloneShare: 'much' },
      { minAloneShare: 1.5 },
      { 'clustering.threshold': NaN },
    ];
    for (const settings of wrong) expect(() => withSettings(EMBEDDED, settings)).toThrow(InvalidInputError);
    expect(() => readSetting(EMBEDDED, 'tau_active')).toThrow(/known are .*clustering\.threshold/);
  });
});

describe('search spaces', () => {
  for (const preset of Object.values(DIARIZATION_PRESETS)) {
    it(`${preset.name}: every bound is allowed, every default is inside`, () => {
      const { resolution } = preset;
      const space = searchSpaceOf(resolution.clustering.method, (path) => isSettingPath(resolution, path));
      expect(checkSearchSpace(space, resolution, 'the space')).toEqual(space);
      if (resolution.compatible) return;
      for (const setting of space)
        expect(isWithin(setting, readSetting(resolution, setting.path))).toBe(true);
    });
  }

  it('there is one for every method', () => {
    const methods = Object.values(DIARIZATION_PRESETS).map(({ resolution }) => resolution.clustering.method);
    expect(Object.keys(SEARCH_SPACES)).toEqual(expect.arrayContaining(methods));
  });

  it('of a user are checked', () => {
    const wrong: unknown[] = [
      [],
      {},
      [{ path: 'clustering.threshold', kind: 'float', low: 1, high: 0.5 }],
      [{ path: 'clustering.threshold', kind: 'float', low: 0.5, high: 3 }],
      [{ path: 'clustering.threshold', kind: 'float', low: 0, high: 1, log: true }],
      [{ path: 'clustering.minClusterSize', kind: 'int', low: 1.5, high: 4 }],
      [{ path: 'clustering.threshold', kind: 'float', low: 0.5, high: 1, extra: 1 }],
      [{ path: 'nothing', kind: 'float', low: 0.5, high: 1 }],
      [
        { path: 'minAloneShare', kind: 'float', low: 0, high: 1 },
        { path: 'minAloneShare', kind: 'float', low: 0, high: 1 },
      ],
      [{ path: 'constrainedAssignment', kind: 'categorical', choices: [true] }],
      [{ path: 'constrainedAssignment', kind: 'categorical', choices: ['yes', 'no'] }],
    ];
    for (const space of wrong)
      expect(() => checkSearchSpace(space, EMBEDDED, 'x')).toThrow(InvalidInputError);
  });
});

describe('a grid', () => {
  it('has every combination once, the last setting changing fastest', () => {
    const grid = gridOf(
      [
        { path: 'constrainedAssignment', kind: 'categorical', choices: [true, false] },
        { path: 'clustering.minClusterSize', kind: 'int', low: 4, high: 8, step: 2 },
        { path: 'minAloneShare', kind: 'float', low: 0, high: 0.2, step: 0.1 },
      ],
      undefined,
    );
    expect(grid.length).toBe(18);
    expect(new Set(grid.map((settings) => JSON.stringify(settings))).size).toBe(18);
    expect(grid[1]).toEqual({
      constrainedAssignment: true,
      'clustering.minClusterSize': 4,
      minAloneShare: 0.1,
    });
  });

  it('asks for points where any number would do, and refuses to be endless', () => {
    const setting = { path: 'minAloneShare', kind: 'float', low: 0, high: 0.2 } as const;
    expect(() => gridOf([setting], undefined)).toThrow(/--points/);
    expect(gridOf([setting], 3).map((settings) => settings.minAloneShare)).toEqual([0, 0.1, 0.2]);
    const many = Array.from({ length: 6 }, (_, k) => ({ ...setting, path: `p${k}` }));
    expect(() => gridOf(many, 10)).toThrow(InvalidInputError);
  });
});
