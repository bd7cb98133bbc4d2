import { formatClock, readableTime } from '../../../core/formats/writing/clock.ts';
import { singleLine } from '../../../core/formats/writing/single-line.ts';
import type { Turn } from '../../../core/timeline/turns.ts';
import { displayName, type DiarizationResult } from '../../../core/result/result.ts';

export type TerminalOptions = {
  readonly title: string;
  /** Width of the terminal. */
  readonly columns: number;
  readonly colour: boolean;
};

/** Width where nobody knows it, and the least that is drawn. */
export const DEFAULT_COLUMNS = 80;
const MIN_LANE_CELLS = 10;
const MAX_NAME_LENGTH = 20;

/** ANSI colours that can be read on dark and on light ground. */
const COLOURS = [36, 33, 35, 32, 34, 31, 96, 93, 95, 92, 94, 91];
const BOLD = '1';
const DIM = '2';

type Paint = (code: number | string, text: string) => string;

/** A result for people: what it is, its turns, and a lane for each speaker. */
export function renderForTerminal(result: DiarizationResult, options: TerminalOptions): string {
  const paint: Paint = options.colour
    ? (code, text) => `\u001b[${code}m${text}\u001b[0m`
    : (_code, text) => text;
  const sections = [heading(result, options.title, paint)];
  if (result.turns.length > 0)
    sections.push(turnLines(result, paint), timeline(result, options.columns, paint));
  return sections.join('\n');
}

function heading(result: DiarizationResult, title: string, paint: Paint): string {
  const { durationSeconds, speakers, provider, timings } = result;
  const count = speakers.length === 1 ? '1 speaker' : `${speakers.length} speakers`;
  const spent = Object.values(timings).reduce((sum, value) => sum + value, 0);
  const speed = spent > 0 ? `, ${spent.toFixed(1)} s on ${provider}` : '';
  return `${paint(BOLD, singleLine(title))}  ${readableTime(durationSeconds)}  ${count}${paint(DIM, speed)}\n`;
}

function turnLines(result: DiarizationResult, paint: Paint): string {
  const time = (value: number) => formatClock(value, { hours: true, decimalMark: '.', padded: true });
  return result.turns
    .map((turn) => {
      const name = singleLine(displayName(result.speakers, turn.speaker));
      const times = `${time(turn.startSeconds)} – ${time(turn.endSeconds)}`;
      return `${times}  ${paint(colourOf(result, turn.speaker), name)}\n`;
    })
    .join('');
}

function timeline(result: DiarizationResult, columns: number, paint: Paint): string {
  const { durationSeconds, speakers } = result;
  const names = speakers.map(({ label }) => shorten(singleLine(displayName(speakers, label))));
  const nameWidth = Math.max(...names.map((name) => name.length));
  const sums = speakers.map(({ speakingSeconds }) => {
    const share = Math.round((100 * speakingSeconds) / durationSeconds);
    return `${readableTime(speakingSeconds)}  ${String(share).padStart(3)} %`;
  });
  const sumWidth = Math.max(...sums.map((sum) => sum.length));
  const cells = Math.max(MIN_LANE_CELLS, columns - nameWidth - sumWidth - 4);
  const end = readableTime(durationSeconds);
  const axis = `${' '.repeat(nameWidth + 2)}0:00${end.padStart(cells - 4)}\n`;
  const lanes = speakers.map(({ label }, index) => {
    const own = result.turns.filter((turn) => turn.speaker === label);
    const lane = paint(colourOf(result, label), drawLane(own, durationSeconds, cells));
    return `${names[index]!.padEnd(nameWidth)}  ${lane}  ${sums[index]!.padStart(sumWidth)}\n`;
  });
  return paint(DIM, axis.trimEnd()) + '\n' + lanes.join('');
}

/** One character for each stretch of time: full where most of it is speech, half where some is. */
function drawLane(turns: readonly Turn[], durationSeconds: number, cells: number): string {
  const covered = new Float64Array(cells);
  const cellSeconds = durationSeconds / cells;
  for (const { startSeconds, endSeconds } of turns) {
    const last = Math.min(cells - 1, Math.floor(endSeconds / cellSeconds));
    for (let cell = Math.floor(startSeconds / cellSeconds); cell <= last; cell++) {
      const from = Math.max(startSeconds, cell * cellSeconds);
      const to = Math.min(endSeconds, (cell + 1) * cellSeconds);
      covered[cell]! += Math.max(0, to - from) / cellSeconds;
    }
  }
  return Array.from(covered, (share) => (share >= 0.5 ? '█' : share > 0 ? '▒' : '·')).join('');
}

/** The colour of a speaker on a terminal: always the same for the same result. */
export function colourOf(result: DiarizationResult, label: string): number {
  const index = result.speakers.findIndex((speaker) => speaker.label === label);
  return COLOURS[index % COLOURS.length] ?? COLOURS[0]!;
}

function shorten(name: string): string {
  return name.length <= MAX_NAME_LENGTH ? name : `${name.slice(0, MAX_NAME_LENGTH - 1)}…`;
}
