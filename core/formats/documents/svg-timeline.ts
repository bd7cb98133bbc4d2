import type { DiarizationResult, SpeakerSummary } from '../../result/result.ts';
import { readableTime } from '../writing/clock.ts';
import { speakerNamer, titleOf, type RenderOptions } from '../render-options.ts';
import { speakerColour } from './speaker-colours.ts';
import { escapeXml } from '../writing/xml.ts';

/** Measures of the picture in its own units; it scales to the width of the page. */
const WIDTH = 1000;
const MARGIN = 24;
const LABEL_WIDTH = 190;
const HEADING_HEIGHT = 52;
const LANE_HEIGHT = 34;
const BAR_HEIGHT = 20;
const AXIS_HEIGHT = 40;
const PLOT_LEFT = MARGIN + LABEL_WIDTH;
const PLOT_WIDTH = WIDTH - PLOT_LEFT - MARGIN;

const TICK_STEPS_SECONDS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400,
];
const MOST_TICKS = 10;

/** Colours follow the reader's light or dark setting. */
const STYLE = `
  .page { fill: #ffffff } .text { fill: #1c2430 } .soft { fill: #5d6878 } .lane { fill: #f0f3f7 } .grid { stroke: #d5dbe3 }
  text { font-family: ui-sans-serif, system-ui, sans-serif; font-size: 13px }
  .title { font-size: 17px; font-weight: 600 } .soft { font-size: 11px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #12161c } .text { fill: #e8edf4 } .soft { fill: #97a3b4 } .lane { fill: #1c222b } .grid { stroke: #2c3541 }
  }`;

/**
 * Who spoke when as a picture: a lane for each speaker, a time axis, readable on light and dark pages. Self-contained
 * SVG; every bar tells its times when pointed at.
 */
export function renderSvgTimeline(result: DiarizationResult, options: RenderOptions = {}): string {
  const title = titleOf(options);
  const heading = [
    `<text class="text title" x="${MARGIN}" y="33">${escapeXml(shorten(title, 90))}</text>`,
    `<text class="soft" x="${WIDTH - MARGIN}" y="33" text-anchor="end">${summaryOf(result)}</text>`,
  ];
  return picture(result, title, heading, HEADING_HEIGHT);
}

/** The same without a heading, for a page that has one. */
export function timelineWithoutHeading(result: DiarizationResult, title: string): string {
  return picture(result, title, [], 0);
}

function picture(result: DiarizationResult, title: string, heading: readonly string[], top: number): string {
  const axisTop = top + result.speakers.length * LANE_HEIGHT;
  const height = axisTop + AXIS_HEIGHT;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title summary">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="summary">${summaryOf(result)}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    ...heading,
    ...result.speakers.map((_, index) => laneBackground(top + index * LANE_HEIGHT)),
    ...axis(result, top, axisTop),
    ...result.speakers.map((speaker, index) => lane(result, speaker, index, top + index * LANE_HEIGHT)),
    '</svg>\n',
  ].join('\n');
}

function summaryOf({ speakers, durationSeconds }: DiarizationResult): string {
  return `${speakers.length} ${speakers.length === 1 ? 'speaker' : 'speakers'}, ${readableTime(durationSeconds)}`;
}

function laneBackground(top: number): string {
  const barTop = top + (LANE_HEIGHT - BAR_HEIGHT) / 2;
  return `<rect class="lane" x="${PLOT_LEFT}" y="${barTop}" width="${PLOT_WIDTH}" height="${BAR_HEIGHT}" rx="2"/>`;
}

function lane(result: DiarizationResult, speaker: SpeakerSummary, index: number, top: number): string {
  const barTop = top + (LANE_HEIGHT - BAR_HEIGHT) / 2;
  const name = speakerNamer(result)(speaker.label);
  const bars = result.turns
    .filter((turn) => turn.speaker === speaker.label && turn.startSeconds < result.durationSeconds)
    .map(({ startSeconds, endSeconds }) => {
      const left = horizontal(startSeconds, result.durationSeconds);
      // Nothing that was said is too short to be seen.
      const width = Math.max(0.5, horizontal(endSeconds, result.durationSeconds) - left);
      const times = `${readableTime(startSeconds)} – ${readableTime(endSeconds)}`;
      return `<rect x="${left.toFixed(2)}" y="${barTop}" width="${width.toFixed(2)}" height="${BAR_HEIGHT}" rx="2"><title>${escapeXml(name)} ${times}</title></rect>`;
    });
  return [
    `<text class="text" x="${MARGIN}" y="${top + 16}">${escapeXml(shorten(name, 24))}</text>`,
    `<text class="soft" x="${MARGIN}" y="${top + 29}">${speakingShare(speaker, result.durationSeconds)}</text>`,
    `<g fill="${speakerColour(index)}">${bars.join('')}</g>`,
  ].join('\n');
}

function speakingShare(speaker: SpeakerSummary, durationSeconds: number): string {
  const percent = durationSeconds > 0 ? Math.round((100 * speaker.speakingSeconds) / durationSeconds) : 0;
  return `${readableTime(speaker.speakingSeconds)} · ${percent} %`;
}

function axis({ durationSeconds }: DiarizationResult, top: number, axisTop: number): string[] {
  const fitting = TICK_STEPS_SECONDS.find((step) => durationSeconds / step <= MOST_TICKS);
  const stepSeconds = fitting ?? Math.ceil(durationSeconds / MOST_TICKS);
  const ticks: string[] = [];
  for (let seconds = 0; seconds <= durationSeconds; seconds += stepSeconds) {
    const x = horizontal(seconds, durationSeconds).toFixed(2);
    ticks.push(`<line class="grid" x1="${x}" x2="${x}" y1="${top}" y2="${axisTop + 6}"/>`);
    ticks.push(
      `<text class="soft" x="${x}" y="${axisTop + 22}" text-anchor="middle">${readableTime(seconds)}</text>`,
    );
  }
  return ticks;
}

/** Horizontal place of a time; times past the end stay inside the picture. */
function horizontal(seconds: number, durationSeconds: number): number {
  if (durationSeconds <= 0) return PLOT_LEFT;
  return PLOT_LEFT + PLOT_WIDTH * Math.min(1, Math.max(0, seconds / durationSeconds));
}

function shorten(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
