import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findPreset } from '../../../../core/diarization/presets.ts';
import { readRttm } from '../../../../core/formats/annotations/rttm.ts';
import { JournalFile } from '../../../../core/tune/journal/journal-file.ts';
import { planStudy } from '../../../../core/tune/study/study.ts';
import { tuneReport } from '../../../../core/tune/study/tune-report.ts';
import { hashOf, type TunedRecording } from '../../../../core/tune/study/tuned-recording.ts';
import { TuneWorker } from '../../../../core/tune/worker/tune-worker.ts';
import { applyReport } from '../../../../handlers/cli/tune/apply-report.ts';
import { withFileLock } from '../../../../models/file-lock.ts';
import { ge2eRecordings } from '../../../support/recorded-pipelines.ts';
import { sharedFolder } from '../../../support/shared.ts';

const folder = mkdtempSync(join(tmpdir(), 'colloquy-trap-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Far wider than what `colloquy tune` searches by itself. */
const WIDE = [
  { path: 'clustering.threshold', kind: 'float', low: 0.3, high: 1.3 },
  { path: 'clustering.minClusterSize', kind: 'int', low: 1, high: 30 },
  { path: 'clustering.minClusterShare', kind: 'float', low: 0, high: 0.3 },
  { path: 'clustering.maxTogetherShare', kind: 'float', low: 0.01, high: 1 },
  { path: 'minAloneShare', kind: 'float', low: 0, high: 0.5 },
  { path: 'minDurationOffSeconds', kind: 'float', low: 0, high: 2 },
] as const;
const TRIALS = 100;

function recordings(): TunedRecording[] {
  return ge2eRecordings().flatMap(({ name, observations }) => {
    const path = ['ami-excerpts', 'conversations', 'speech']
      .map((own) => join(sharedFolder, 'data', own, `${name}.rttm`))
      .find(existsSync);
    if (path === undefined) return [];
    const reference = [...readRttm(readFileSync(path, 'utf8')).values()].flat();
    const hashes = { observationsHash: hashOf(name), referenceHash: hashOf(`${name} reference`) };
    return [{ name, observations, reference, ...hashes, isValidation: false }];
  });
}

const all = recordings();
const reason = 'needs the twelve recordings of ../shared';

describe.skipIf(all.length < 12)(`a wide space and six real recordings (${reason})`, () => {
  it('is seen through, and nothing is applied', async () => {
    const six = all.filter((_, index) => index % 2 === 1);
    const study = planStudy(
      {
        preset: 'ge2e',
        base: findPreset('ge2e').resolution,
        metric: 'der',
        scoring: {},
        space: WIDE,
        fixed: {},
        sampler: 'tpe',
        seed: 0,
      },
      six,
    );
    const journal = new JournalFile(join(folder, 'journal.jsonl'), (path, work) =>
      withFileLock(path, work, { machine: 'here', heartbeatMs: 1_000, staleAfterMs: 30_000, pollMs: 5 }),
    );
    const worker = new TuneWorker(
      study,
      journal,
      {},
      {
        trialCount: TRIALS,
        name: 'one',
        isGone: () => false,
        abandonedAfterMs: 60_000,
        now: () => new Date(0),
        signal: undefined,
      },
    );
    await worker.run();
    const report = tuneReport(study, journal.refresh(), {})!;
    expect(report.recordings.tuned).toBe(6);
    // 3.3 points on what was tuned on, 1.7 lost elsewhere.
    expect(report.training.gain).toBeGreaterThan(0.01);
    expect(report.validation!.gain).toBeLessThan(0);
    expect(report.warnings.map(({ code }) => code)).toContain('tuned_overfits');
    const path = join(folder, 'ours.json');
    expect(await applyReport(path, report, false)).toMatch(/^Not applied \(.*tuned_overfits/);
    expect(existsSync(path)).toBe(false);
  }, 120_000);
});
