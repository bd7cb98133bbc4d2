/** What the commands about the signal print, wherever the work was done. */
import { formatFixed } from '../../../core/formats/writing/fixed-decimal.ts';
import type { DetectSpeechResult, LoudnessResult } from '../../../sdk/index.ts';
import { type Done, type CommandReport, reportOfEach } from './voice-reports.ts';

export function detectSpeechReport(
  done: readonly Done<Pick<DetectSpeechResult, 'speechSeconds' | 'durationSeconds' | 'segments'>>[],
): CommandReport {
  return reportOfEach(done, (name, { speechSeconds, durationSeconds, segments }) => {
    const spoken = `${formatFixed(speechSeconds, 1)} s of speech in ${formatFixed(durationSeconds, 1)} s`;
    const lines = segments.map(
      ({ startSeconds, endSeconds }) => `  ${formatFixed(startSeconds, 3)} ${formatFixed(endSeconds, 3)}\n`,
    );
    return `${name}: ${spoken}\n${lines.join('')}`;
  });
}

export function loudnessReport(
  done: readonly Done<
    Omit<LoudnessResult, 'schemaVersion' | 'models' | 'provider' | 'timings' | 'warnings'>
  >[],
): CommandReport {
  return reportOfEach(done, (name, result) => {
    const rows: [string, number | null, string][] = [
      ['integrated', result.integratedLufs, 'LUFS'],
      ['range', result.loudnessRangeLu, 'LU'],
      ['momentary max', result.maxMomentaryLufs, 'LUFS'],
      ['short-term max', result.maxShortTermLufs, 'LUFS'],
      ['true peak', result.truePeakDbtp, 'dBTP'],
      ['sample peak', result.peakDbfs, 'dBFS'],
      ['RMS', result.rmsDbfs, 'dBFS'],
      ['mean absolute', result.meanAbsolute, 'of 32768'],
    ];
    const lines = rows.map(([label, value, unit]) => {
      const shown = value === null ? '–' : `${formatFixed(value, 1)} ${unit}`;
      return `  ${label.padEnd(14)} ${shown}\n`;
    });
    return `${name}: ${formatFixed(result.durationSeconds, 1)} s\n${lines.join('')}`;
  });
}
