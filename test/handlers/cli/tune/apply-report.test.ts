import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findPreset } from '../../../../core/diarization/presets.ts';
import type { TUNE_WARNINGS } from '../../../../core/tune/study/findings.ts';
import { type TuneWarning } from '../../../../core/tune/study/findings.ts';
import type { TuneReport } from '../../../../core/tune/study/tune-report.ts';
import { readPreset } from '../../../../handlers/cli/options/preset-option.ts';
import { applyReport } from '../../../../handlers/cli/tune/apply-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-apply-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const warning = (code: (typeof TUNE_WARNINGS)[number]): TuneWarning => ({ code, message: 'so' });

const REPORT: TuneReport = {
  schemaVersion: 1,
  preset: 'embedded',
  metric: 'der',
  sampler: 'tpe',
  seed: 0,
  trials: { complete: 60, failed: 0, imported: 0 },
  recordings: { total: 12, tuned: 12, validated: 12, folds: 5 },
  defaults: { 'clustering.leastGain': 0, minAloneShare: 0.05 },
  settings: { 'clustering.leastGain': 2.5, minAloneShare: 0.05 },
  fixed: { minDurationOffSeconds: 0.25 },
  proposedTrial: 17,
  training: { before: 0.2, after: 0.18, gain: 0.02 },
  validation: { before: 0.2, after: 0.185, gain: 0.015, interval: [0.01, 0.02], worse: [] },
  warnings: [],
  settingsSearched: [],
  history: [],
};

describe('--apply', () => {
  it('writes a preset that --preset takes, without names of recordings', async () => {
    const path = join(folder, 'ours.json');
    expect(await applyReport(path, REPORT, false)).toMatch(/--preset .*ours\.json/);
    const name = readPreset(path);
    expect(name).toBe('embedded?clustering.leastGain=2.5&minDurationOffSeconds=0.25');
    expect(findPreset(name).resolution).toMatchObject({
      minDurationOffSeconds: 0.25,
      minAloneShare: 0.05,
      clustering: { leastGain: 2.5 },
    });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      schemaVersion: 1,
      base: 'embedded',
      tuned: { metric: 'der', recordings: 12, trials: 60, gain: 0.02, validationGain: 0.015 },
    });
  });

  it.each(['tuned_overfits', 'tuned_few_recordings', 'tuned_not_validated'] as const)(
    'refuses after %s, but for --force',
    async (code) => {
      const path = join(folder, `${code}.json`);
      const report = { ...REPORT, warnings: [warning(code)] };
      expect(await applyReport(path, report, false)).toMatch(
        new RegExp(`Not applied \\(${code}\\).*--force`),
      );
      expect(existsSync(path)).toBe(false);
      await applyReport(path, report, true);
      expect(readPreset(path)).toContain('leastGain=2.5');
    },
  );

  it('has nothing to write where the default is best', async () => {
    const path = join(folder, 'default.json');
    const report = { ...REPORT, proposedTrial: 0, settings: REPORT.defaults, fixed: {} };
    expect(await applyReport(path, report, true)).toMatch(/nothing that was tried is better/);
    expect(existsSync(path)).toBe(false);
  });

  it('says which folder cannot be written', async () => {
    await expect(applyReport(join(folder, 'nowhere/ours.json'), REPORT, false)).rejects.toMatchObject({
      code: 'output_not_writable',
    });
  });
});

describe('--preset FILE', () => {
  it.each([
    ['{', /it is no JSON/],
    ['[]', /Expected .* to be a preset file/],
    ['{"schemaVersion":7}', /version 7, this program reads up to 1/],
    ['{"schemaVersion":1,"base":"nobody","resolution":{}}', /no preset "nobody"/],
    ['{"schemaVersion":1,"base":"embedded","resolution":{"x":1}}', /no setting "x"/],
    ['{"schemaVersion":1,"base":"embedded","resolution":{"minAloneShare":[1]}}', /preset file/],
    ['{"schemaVersion":1,"base":"embedded","resolution":{},"more":1}', /preset file/],
  ])('%s is refused in words', (content, message) => {
    const path = join(folder, 'bad.json');
    writeFileSync(path, content);
    expect(() => readPreset(path)).toThrow(message);
  });

  it('says that a file is not there, and takes what is no file for a name', () => {
    expect(() => readPreset(join(folder, 'nowhere.json'))).toThrow(
      expect.objectContaining({ code: 'file_not_found' }),
    );
    expect(readPreset('meeting')).toBe('meeting');
  });
});
