/** From a report to a preset file. */
import { presetNameOf } from '../../../core/diarization/preset-name.ts';
import { findPreset } from '../../../core/diarization/presets.ts';
import { PRESET_FILE_VERSION, type PresetFile } from '../../../core/result/preset-file.ts';
import type { Settings } from '../../../core/resolution/settings.ts';
import { isTrustworthy } from '../../../core/tune/study/findings.ts';
import type { TuneReport } from '../../../core/tune/study/tune-report.ts';
import { PendingFile } from '../../work/files/pending-file.ts';

/**
 * Writes the proposal as a preset file, unless nothing speaks for it: nothing better than the default was found, or the
 * report says that what was found may be luck.
 *
 * @param force write it although it may be luck
 * @returns what was done and why, for the user
 * @throws OutputError `output_not_writable`
 */
export async function applyReport(path: string, report: TuneReport, force: boolean): Promise<string> {
  if (report.proposedTrial === 0 && Object.keys(report.fixed).length === 0) {
    return `Not applied: nothing that was tried is better than the default.`;
  }
  if (!isTrustworthy(report.warnings) && !force) {
    const codes = report.warnings.map(({ code }) => code).join(', ');
    return `Not applied (${codes}): on other recordings it may be worse than the default. --force applies it all the same.`;
  }
  const preset = presetFileOf(report);
  // A file that no command could read must not be written.
  findPreset(presetNameOf(preset));
  const file = await PendingFile.start(path);
  try {
    await file.write(`${JSON.stringify(preset, null, 2)}\n`);
    await file.commit();
  } finally {
    await file.discard();
  }
  return `Applied: ${path} is a preset now, colloquy diarize --preset ${path} uses it.`;
}

function presetFileOf(report: TuneReport): PresetFile {
  const {
    preset: base,
    defaults,
    settings,
    fixed,
    metric,
    trials,
    recordings,
    training,
    validation,
  } = report;
  const changed = Object.entries(settings).filter(([path, value]) => value !== defaults[path]);
  return {
    schemaVersion: PRESET_FILE_VERSION,
    base,
    resolution: { ...fixed, ...(Object.fromEntries(changed) as Settings) },
    tuned: {
      metric,
      recordings: recordings.tuned,
      trials: trials.complete,
      gain: training.gain,
      ...(validation === undefined ? {} : { validationGain: validation.gain }),
      date: new Date().toISOString().slice(0, 10),
    },
  };
}
