import { escapeXml } from '../../../core/formats/writing/xml.ts';
import type { Setting } from '../../../core/resolution/settings.ts';
import { formatMetric } from '../../../core/tune/study/findings.ts';
import type { SearchedSetting, TuneReport } from '../../../core/tune/study/tune-report.ts';
import { short } from './tune-markdown.ts';
import { largestOf, smallestOf } from '../../../core/math/extremes.ts';

const WIDTH = 900;
const TRIALS_HEIGHT = 300;
const PANEL_HEIGHT = 220;
const PANELS_A_ROW = 3;
const MARGIN = { left: 64, right: 16, top: 40, bottom: 36 };

const STYLE = `
  .page { fill: #ffffff } .text { fill: #1c2430 } .axis { stroke: #97a3b4 } .plateau { fill: #2563c9; opacity: 0.13 }
  .curve, .best { stroke: #2563c9; fill: none; stroke-width: 2 } .trial { fill: #97a3b4 } .default { stroke: #c2410c }
  .tuned { fill: #2563c9 } .was { fill: none; stroke: #c2410c; stroke-width: 2 }
  text { font-family: ui-sans-serif, system-ui, sans-serif; font-size: 12px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #12161c } .text { fill: #e8edf4 } .axis { stroke: #5d6878 } .plateau { fill: #7fb0ff; opacity: 0.2 }
    .curve, .best { stroke: #7fb0ff } .trial { fill: #5d6878 } .default { stroke: #fb923c } .tuned { fill: #7fb0ff } .was { stroke: #fb923c }
  }`;

/** Where a panel lies, and the range of values it shows. */
type Panel = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly least: number;
  readonly most: number;
};

/**
 * A self-contained SVG: the metric by trial, and along each setting around the tuned ones, the plateau shaded. Circles
 * are the default, dots what was tuned.
 */
export function renderTunePicture(report: TuneReport): string {
  const rows = Math.ceil(report.settingsSearched.length / PANELS_A_ROW);
  const height = TRIALS_HEIGHT + rows * PANEL_HEIGHT + 12;
  const title = `Tuning of ${report.preset}: ${report.metric}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    ...trialsPanel(report),
    ...report.settingsSearched.flatMap((setting, index) => settingPanel(report, setting, index)),
    '</svg>\n',
  ].join('\n');
}

function trialsPanel(report: TuneReport): string[] {
  const { history, metric } = report;
  const panel = panelOf(
    0,
    0,
    WIDTH,
    TRIALS_HEIGHT,
    history.map((trial) => trial.metric),
  );
  const last = Math.max(1, history.at(-1)?.trial ?? 1);
  const x = (trial: number): number => panel.left + (panel.width * trial) / last;
  let best = Infinity;
  const steps = history.flatMap((trial) => {
    const before = best;
    best = Math.min(best, trial.metric);
    const point = `${round(x(trial.trial))},${yOf(panel, best)}`;
    return before === Infinity || before === best
      ? [point]
      : [`${round(x(trial.trial))},${yOf(panel, before)}`, point];
  });
  const reference = history.find(({ source }) => source === 'default');
  return [
    ...frame(panel, `${report.metric} over all recordings, by trial`, metric, '0', String(last)),
    ...history.map(
      (trial) =>
        `<circle class="trial" cx="${round(x(trial.trial))}" cy="${yOf(panel, trial.metric)}" r="2.5"/>`,
    ),
    ...(reference === undefined
      ? []
      : [
          `<line class="default" stroke-dasharray="5 4" x1="${panel.left}" x2="${panel.left + panel.width}" y1="${yOf(panel, reference.metric)}" y2="${yOf(panel, reference.metric)}"/>`,
        ]),
    `<polyline class="best" points="${steps.join(' ')}"/>`,
  ];
}

function settingPanel(report: TuneReport, setting: SearchedSetting, index: number): string[] {
  const { points, plateau, path, before, after } = setting;
  const width = WIDTH / PANELS_A_ROW;
  const panel = panelOf(
    (index % PANELS_A_ROW) * width,
    TRIALS_HEIGHT + Math.floor(index / PANELS_A_ROW) * PANEL_HEIGHT,
    width,
    PANEL_HEIGHT,
    points.map((point) => point.metric),
  );
  const place = placesOf(points.map(({ value }) => value));
  const x = (value: Setting): number => round(panel.left + panel.width * place(value));
  const at = (value: Setting): string => {
    const nearest = points.reduce((closest, point) =>
      Math.abs(place(point.value) - place(value)) < Math.abs(place(closest.value) - place(value))
        ? point
        : closest,
    );
    return `cx="${x(value)}" cy="${yOf(panel, nearest.metric)}" r="5"`;
  };
  const shade = `x="${x(plateau[0])}" width="${Math.max(1, round(x(plateau[1]) - x(plateau[0])))}"`;
  return [
    `<rect class="plateau" ${shade} y="${panel.top}" height="${panel.height}"/>`,
    ...frame(panel, path, report.metric, short(points[0]!.value), short(points.at(-1)!.value)),
    `<polyline class="curve" points="${points.map(({ value, metric }) => `${x(value)},${yOf(panel, metric)}`).join(' ')}"/>`,
    `<circle class="was" ${at(before)}/>`,
    `<circle class="tuned" ${at(after)}/>`,
  ];
}

/** Where a value lies between the first and the last, from 0 to 1; choices are spread evenly. */
function placesOf(values: readonly Setting[]): (value: Setting) => number {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === values.length) {
    const least = smallestOf(numbers);
    const range = largestOf(numbers) - least || 1;
    return (value) => Math.min(1, Math.max(0, (Number(value) - least) / range));
  }
  return (value) => values.indexOf(value) / Math.max(1, values.length - 1);
}

/** A panel whose range is that of the values, and a little more. */
function panelOf(left: number, top: number, width: number, height: number, values: readonly number[]): Panel {
  const finite = values.filter(Number.isFinite);
  const least = smallestOf(finite);
  const most = largestOf(finite);
  const room = Math.max(0.002, 0.08 * (most - least));
  return {
    left: left + MARGIN.left,
    top: top + MARGIN.top,
    width: width - MARGIN.left - MARGIN.right,
    height: height - MARGIN.top - MARGIN.bottom,
    least: finite.length === 0 ? 0 : least - room,
    most: finite.length === 0 ? 1 : most + room,
  };
}

function yOf({ top, height, least, most }: Panel, value: number): number {
  return round(top + height * (1 - (value - least) / (most - least)));
}

function frame(
  panel: Panel,
  title: string,
  metric: TuneReport['metric'],
  first: string,
  last: string,
): string[] {
  const { left, top, width, height, least, most } = panel;
  const bottom = top + height;
  return [
    `<line class="axis" x1="${left}" y1="${bottom}" x2="${left + width}" y2="${bottom}"/>`,
    `<line class="axis" x1="${left}" y1="${top}" x2="${left}" y2="${bottom}"/>`,
    `<text class="text" x="${left}" y="${top - 12}">${escapeXml(title)}</text>`,
    `<text class="text" x="${left - 8}" y="${top + 10}" text-anchor="end">${formatMetric(metric, most)}</text>`,
    `<text class="text" x="${left - 8}" y="${bottom}" text-anchor="end">${formatMetric(metric, least)}</text>`,
    `<text class="text" x="${left}" y="${bottom + 18}">${escapeXml(first)}</text>`,
    `<text class="text" x="${left + width}" y="${bottom + 18}" text-anchor="end">${escapeXml(last)}</text>`,
  ];
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
