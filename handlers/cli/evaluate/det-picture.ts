import { escapeXml } from '../../../core/formats/writing/xml.ts';
import { normalQuantile } from '../../../core/math/normal-quantile.ts';
import { detPoints, type OperatingPoint } from '../../../core/metrics/verification/detection-curve.ts';

const SIZE = 640;
const MARGIN = 72;
const PLOT = SIZE - 2 * MARGIN;
/** Error rates at the grid lines, in percent; the picture ends at the first and the last. */
const TICKS_PERCENT = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40, 60];
const LEAST = normalQuantile(TICKS_PERCENT[0]! / 100);
const MOST = normalQuantile(TICKS_PERCENT.at(-1)! / 100);

const STYLE = `
  .page { fill: #ffffff } .text { fill: #1c2430 } .grid { stroke: #d5dbe3 } .curve { stroke: #2563c9 } .equal { stroke: #97a3b4 }
  text { font-family: ui-sans-serif, system-ui, sans-serif; font-size: 13px }
  @media (prefers-color-scheme: dark) {
    .page { fill: #12161c } .text { fill: #e8edf4 } .grid { stroke: #2c3541 } .curve { stroke: #7fb0ff } .equal { stroke: #5d6878 }
  }`;

/**
 * The DET curve of a verifier as a self-contained SVG: both error rates on the scale of the normal distribution. The
 * curve is a staircase as the trials are, cut off at 0.1 and 60 %.
 */
export function renderDetPicture(curve: readonly OperatingPoint[], title: string): string {
  const steps = detPoints(curve).flatMap(({ missQuantile, falseAlarmQuantile }, index, points) => {
    const previous = points[index - 1];
    const corner = previous === undefined ? [] : [at(falseAlarmQuantile, previous.missQuantile)];
    return [...corner, at(falseAlarmQuantile, missQuantile)];
  });
  const grid = TICKS_PERCENT.flatMap((percent) => {
    const place = offset(normalQuantile(percent / 100));
    const [x, y] = [MARGIN + place, SIZE - MARGIN - place];
    return [
      `<line class="grid" x1="${x}" y1="${MARGIN}" x2="${x}" y2="${SIZE - MARGIN}"/>`,
      `<line class="grid" x1="${MARGIN}" y1="${y}" x2="${SIZE - MARGIN}" y2="${y}"/>`,
      `<text class="text" x="${x}" y="${SIZE - MARGIN + 20}" text-anchor="middle">${percent}</text>`,
      `<text class="text" x="${MARGIN - 10}" y="${y + 4}" text-anchor="end">${percent}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-labelledby="title">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${SIZE}" height="${SIZE}"/>`,
    ...grid,
    `<line class="equal" stroke-dasharray="4 4" x1="${MARGIN}" y1="${SIZE - MARGIN}" x2="${SIZE - MARGIN}" y2="${MARGIN}"/>`,
    `<polyline class="curve" fill="none" stroke-width="2" points="${steps.join(' ')}"/>`,
    `<text class="text" x="${SIZE / 2}" y="34" text-anchor="middle">${escapeXml(title)}</text>`,
    `<text class="text" x="${SIZE / 2}" y="${SIZE - 18}" text-anchor="middle">false alarms, % of non-targets</text>`,
    `<text class="text" transform="translate(22 ${SIZE / 2}) rotate(-90)" text-anchor="middle">misses, % of targets</text>`,
    '</svg>\n',
  ].join('\n');
}

function at(falseAlarmQuantile: number, missQuantile: number): string {
  return `${MARGIN + offset(falseAlarmQuantile)},${SIZE - MARGIN - offset(missQuantile)}`;
}

/** Units from the corner of the plot; rates outside it lie on its border. */
function offset(quantile: number): number {
  const inside = Math.min(MOST, Math.max(LEAST, quantile));
  return Number((((inside - LEAST) / (MOST - LEAST)) * PLOT).toFixed(2));
}
