import { formatMetric, isTrustworthy } from '../../../core/tune/study/findings.ts';
import type { SearchedSetting, TuneReport } from '../../../core/tune/study/tune-report.ts';

/** The report as Markdown. */
export function renderTuneMarkdown(report: TuneReport): string {
  return `${[heading(report), results(report), verdict(report), settings(report), worse(report)].filter((part) => part !== '').join('\n\n')}\n`;
}

function heading({ preset, metric, sampler, trials, recordings }: TuneReport): string {
  const parts = [
    `${trials.complete} trials (${sampler})`,
    ...(trials.failed > 0 ? [`${trials.failed} that did not finish`] : []),
    ...(trials.imported > 0 ? [`${trials.imported} imported ones that say where to look`] : []),
    `${recordings.tuned} recordings${recordings.folds > 1 ? ` in ${recordings.folds} folds` : ''}`,
  ];
  return `# Tuning of \`${preset}\` for ${METRIC_NAMES[metric]}\n\n${parts.join(', ')}.`;
}

const METRIC_NAMES = {
  der: 'diarization error (DER)',
  jer: 'Jaccard error (JER)',
  confusion: 'speaker confusion',
  detection: 'speech detection error',
  'speaker-count': 'the number of speakers (mean of |found − true|)',
} as const;

function results(report: TuneReport): string {
  const { metric, training, validation } = report;
  const value = (number: number): string => formatMetric(metric, number);
  const lines = [
    '| | default | tuned | gain |',
    '| --- | --- | --- | --- |',
    `| recordings tuned on | ${value(training.before)} | ${value(training.after)} | ${value(training.gain)} |`,
  ];
  if (validation !== undefined) {
    const [least, most] = validation.interval;
    lines.push(
      `| **not tuned on** | ${value(validation.before)} | ${value(validation.after)} | **${value(validation.gain)}** (90 %: ${value(least)} to ${value(most)}) |`,
    );
  }
  return lines.join('\n');
}

function verdict(report: TuneReport): string {
  if (report.proposedTrial === 0) {
    return 'Nothing that was tried is better than the default. There is nothing to apply.';
  }
  const { warnings } = report;
  if (warnings.length === 0) {
    return 'The gain holds on recordings that were not tuned on. Gains on other kinds of recordings are unknown.';
  }
  const list = warnings.map(({ code, message }) => `- \`${code}\`: ${message}`).join('\n');
  const consequence = isTrustworthy(warnings)
    ? ''
    : '\n\n**Keep the default.** Nothing shows that these settings help on recordings that were not tuned on.';
  return `${list}${consequence}`;
}

function settings({ settingsSearched, metric, fixed }: TuneReport): string {
  const rows = settingsSearched
    .toSorted((a, b) => b.importance - a.importance)
    .map(
      ({ path, before, after, importance, plateau, cliff }) =>
        `| \`${path}\` | ${short(before)} | ${short(after)} | ${short(plateau[0])} to ${short(plateau[1])} | ${formatMetric(metric, cliff)} | ${formatMetric(metric, importance)} |`,
    );
  const kept = Object.entries(fixed).map(([path, value]) => `\`${path}\` = ${short(value)}`);
  return [
    '| setting | default | tuned | plateau | a step of 5 % costs at most | hangs on it |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    ...(kept.length > 0 ? ['', `Fixed: ${kept.join(', ')}.`] : []),
    '',
    'Plateau: the others as tuned, at most half a point worse. Hangs on it: how far the means of the trials lie apart between the quarters of its range.',
  ].join('\n');
}

function worse({ validation, metric }: TuneReport): string {
  if (validation === undefined || validation.worse.length === 0) return '';
  const rows = validation.worse.map(
    ({ recording, before, after }) =>
      `| ${recording} | ${formatMetric(metric, before)} | ${formatMetric(metric, after)} |`,
  );
  return [
    'More than five points worse:',
    '',
    '| recording | default | tuned |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** A value with as many digits as mean anything. */
export function short(value: SearchedSetting['before']): string {
  return typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(4)))
    : String(value);
}
