import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateTrials, parseTrials, trialFigures } from '../../../../handlers/cli/evaluate/trials.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const TRIALS = `# label, two recordings, score
1 a.wav b.wav 2.5
target,c.wav,d.wav,-0.5

0 a.wav c.wav -3
nontarget\tb.wav\td.wav\t1e-1
`;

describe('parseTrials', () => {
  it('reads labels of both kinds, any columns between, and comments', () => {
    expect(parseTrials(TRIALS, 'file')).toEqual({ targets: [2.5, -0.5], nonTargets: [-3, 0.1] });
  });

  it.each(['1', 'maybe 0.5', '1 a.wav b.wav', '0 NaN', '1 0x10', 'constructor 1'])(
    'refuses the line %j with its number',
    (line) => {
      expect(() => parseTrials(`1 0.5\n${line}\n`, 'scores.txt')).toThrow(
        expect.objectContaining({
          code: 'invalid_file',
          message: expect.stringContaining('scores.txt, line 2') as string,
        }),
      );
    },
  );
});

describe('trialFigures', () => {
  it('gives the figures that can be counted by hand', () => {
    const figures = trialFigures({ targets: [2.5, -0.5], nonTargets: [-3, 0.1] });
    expect(figures).toMatchObject({
      targetCount: 2,
      nonTargetCount: 2,
      equalErrorRate: 0.5,
      areaUnderCurve: 0.75,
    });
  });

  it('needs scores of both kinds', () => {
    expect(() => trialFigures({ targets: [1], nonTargets: [] })).toThrow(
      expect.objectContaining({ code: 'invalid_option' }),
    );
  });
});

describe('evaluateTrials', () => {
  it('reports as a table, CSV and JSON, and draws the DET curve', async () => {
    const folder = temporaryFolder();
    const trials = join(folder, 'scores <1>.txt');
    writeFileSync(trials, TRIALS);
    const det = join(folder, 'det.svg');
    expect(await evaluateTrials({ trials, det, format: 'table' })).toMatch(/EER % +50\.000\n/);
    const picture = readFileSync(det, 'utf8');
    expect(picture).toMatch(/^<svg [\s\S]*<polyline [\s\S]*<\/svg>\n$/);
    expect(picture).toContain('scores &lt;1&gt;.txt');
    expect(picture).not.toMatch(/NaN|Infinity/);
    const json = JSON.parse(await evaluateTrials({ trials, format: 'json' })) as {
      trials: Record<string, number>;
    };
    expect(json.trials.minLogLikelihoodRatioCost).toBeGreaterThan(0);
    expect((await evaluateTrials({ trials, format: 'csv' })).split('\n')[0]).toContain('equalErrorRate');
  });

  it('writes no picture where the trials are wrong', async () => {
    const folder = temporaryFolder();
    const trials = join(folder, 'scores.txt');
    writeFileSync(trials, '1 0.5\n');
    await expect(
      evaluateTrials({ trials, det: join(folder, 'det.svg'), format: 'table' }),
    ).rejects.toMatchObject({ code: 'invalid_option' });
    expect(existsSync(join(folder, 'det.svg'))).toBe(false);
    await expect(evaluateTrials({ trials: join(folder, 'none'), format: 'table' })).rejects.toMatchObject({
      code: 'file_not_found',
    });
  });
});
