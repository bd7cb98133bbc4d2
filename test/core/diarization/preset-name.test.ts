import { describe, expect, it } from 'vitest';
import { presetNameOf, presetWithSettings } from '../../../core/diarization/preset-name.ts';
import { findPreset, isPreset } from '../../../core/diarization/presets.ts';
import { PRESET_NAME, presetFileSchema } from '../../../core/result/preset-file.ts';

describe('a preset with settings of its own', () => {
  it('is the base but for them, whatever their order', () => {
    const name = presetWithSettings('embedded', { minAloneShare: 0.1, 'clustering.leastGain': -2.5e-7 });
    expect(name).toBe(
      presetWithSettings('embedded', { 'clustering.leastGain': -2.5e-7, minAloneShare: 0.1 }),
    );
    expect(name).toMatch(PRESET_NAME);
    const preset = findPreset(name);
    const base = findPreset('embedded');
    expect(preset).toEqual({
      ...base,
      name,
      resolution: {
        ...base.resolution,
        minAloneShare: 0.1,
        clustering: { ...base.resolution.clustering, leastGain: -2.5e-7 },
      },
    });
    expect(isPreset(name)).toBe(true);
    expect(isPreset('moonshine-tiny')).toBe(false);
  });

  it('stands behind an encoder too', () => {
    const preset = findPreset('meeting/nemo-titanet-large?clustering.maxNeighbourShare=0.3');
    expect(preset.embeddingModel).toBe('nemo-titanet-large');
    expect(preset.resolution.clustering).toMatchObject({ maxNeighbourShare: 0.3 });
  });

  it('is what a file says', () => {
    const file = presetFileSchema.parse({
      schemaVersion: 1,
      base: 'pyannote-3.1-fast',
      resolution: { 'clustering.linkage': 'average', constrainedAssignment: true },
    });
    expect(findPreset(presetNameOf(file)).resolution).toMatchObject({
      constrainedAssignment: true,
      clustering: { linkage: 'average' },
    });
    expect(presetNameOf({ ...file, resolution: {} })).toBe('pyannote-3.1-fast');
  });

  it.each([
    ['embedded?', /no setting ""/],
    ['embedded?nothing=1', /no setting "nothing" here; known are/],
    ['embedded?minAloneShare=2', /minAloneShare from 0 to 1/],
    ['embedded?minAloneShare=much', /value of its kind/],
    ['embedded?constrainedAssignment=1', /value of its kind/],
    ['embedded?minAloneShare=0.1=0.2', /value of its kind/],
    ['embedded?numSpeakers=2', /no setting "numSpeakers"/],
    ['nobody?minAloneShare=0.1', /no preset "nobody"/],
    ['embedded/ge2e', /no preset "embedded\/ge2e"/],
    ['meeting/', /no preset/],
  ])('%s is refused', (name, message) => {
    expect(() => findPreset(name)).toThrow(message);
  });
});
